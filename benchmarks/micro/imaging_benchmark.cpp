// SPDX-License-Identifier: Apache-2.0
/// \file
/// The expensive parts of preprocessing, on a volume like an fMRI scan of 80×80×17 voxels.

#include <benchmark/benchmark.h>

#include "msunet/core/random.hpp"
#include "msunet/imaging/augment.hpp"
#include "msunet/imaging/resample.hpp"

namespace msunet::imaging {
namespace {

core::Volume scan() {
    core::Volume volume;
    volume.size = {80, 80, 17};
    volume.spacing = {0.25, 0.25, 1};
    core::RandomStream random(1);
    volume.voxels.resize(80 * 80 * 17);
    for (float& voxel : volume.voxels) voxel = static_cast<float>(1000 * random.uniform());
    return volume;
}

void resample_to_spacing(benchmark::State& state) {
    const auto volume = scan();
    const auto grid = grid_of_spacing(volume, 0.08, 0.76);
    for (auto _ : state) benchmark::DoNotOptimize(resample(volume, grid));
}
BENCHMARK(resample_to_spacing)->UseRealTime()->Unit(benchmark::kMillisecond);

void rotation(benchmark::State& state) {
    const auto volume = scan();
    const Rotation turn{.angles = {0.02, -0.01, 0.03}, .translation = {0.1, 0.2, -0.1}};
    for (auto _ : state) benchmark::DoNotOptimize(rotate(volume, turn));
}
BENCHMARK(rotation)->UseRealTime()->Unit(benchmark::kMillisecond);

void histogram_equalisation(benchmark::State& state) {
    const auto volume = scan();
    for (auto _ : state) benchmark::DoNotOptimize(equalise(volume, {}));
}
BENCHMARK(histogram_equalisation)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace msunet::imaging

int main(int argc, char** argv) {
    msunet::imaging::set_threads(1);
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
}

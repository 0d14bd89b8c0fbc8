// SPDX-License-Identifier: Apache-2.0
/// \file
/// Cuts a batch of 32 patches out of slices: 64 and 96 pixels wide, with and without padding.

#include <benchmark/benchmark.h>

#include <vector>

#include "msunet/core/random.hpp"
#include "msunet/data/batch_sampler.hpp"
#include "msunet/data/cut_batch.hpp"

namespace msunet::data {
namespace {

/// 200 slices of `side` x `side` noise.
Dataset noise(std::uint32_t side) {
    core::RandomStream random(1);
    std::vector<Slice> slices(200);
    std::vector<float> voxels(slices.size() * side * side);
    for (float& voxel : voxels) voxel = static_cast<float>(random.uniform());
    for (std::size_t i = 0; i < slices.size(); ++i) {
        slices[i] = {.height = side, .width = side, .offset = i * side * side};
    }
    std::vector<std::uint8_t> masks(voxels.size(), 1);
    return Dataset::from_vectors({{.name = "noise"}}, slices, voxels, masks);
}

void cut(benchmark::State& state) {
    const auto side = static_cast<std::uint32_t>(state.range(0));
    const Dataset dataset = noise(side);
    const PatchIndex index(dataset, {.fraction = 0.75, .stride_fraction = 0.125});
    constexpr std::size_t batch_size = 32;
    const auto sampler = BatchSampler::shuffled(index.training(), batch_size, 1, 0, 0);
    const auto elements = batch_size * static_cast<std::size_t>(index.padded_height()) *
                          static_cast<std::size_t>(index.padded_width());
    std::vector<float> x(elements), y(elements);
    std::size_t step = 0;
    for (auto _ : state) {
        cut_batch(dataset, index, sampler.batch(step++ % (sampler.steps() - 1)), x.data(),
                  y.data());
        benchmark::ClobberMemory();
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(batch_size));
}
// 63 of 85 pixels, padded to 64; 64 of 86 and 96 of 128 without padding.
BENCHMARK(cut)->Arg(85)->Arg(86)->Arg(128)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace msunet::data

BENCHMARK_MAIN();

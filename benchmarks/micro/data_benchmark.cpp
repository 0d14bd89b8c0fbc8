// SPDX-License-Identifier: Apache-2.0
/// \file
/// Cuts a batch of 32 patches out of slices: 64 and 96 pixels wide, with and without padding, and
/// augmented.

#include <benchmark/benchmark.h>

#include <vector>

#include "msunet/core/random.hpp"
#include "msunet/data/augmented_batch.hpp"
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

/// `cut_one(dataset, index, samples, x, y)` for one batch after the other.
template <class CutOne>
void measure(benchmark::State& state, const CutOne& cut_one) {
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
        cut_one(dataset, index, sampler.batch(step++ % (sampler.steps() - 1)), x.data(), y.data());
        benchmark::ClobberMemory();
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(batch_size));
}

void cut(benchmark::State& state) { measure(state, cut_batch); }
// 63 of 85 pixels, padded to 64; 64 of 86 and 96 of 128 without padding.
BENCHMARK(cut)->Arg(85)->Arg(86)->Arg(128)->Unit(benchmark::kMicrosecond);

void cut_augmented(benchmark::State& state) {
    const OnlineAugmentation augmentation{
        .level = static_cast<core::AugmentationLevel>(state.range(1)), .key = 1};
    std::uint64_t epoch = 0;
    measure(state, [&](const auto& dataset, const auto& index, auto samples, float* x, float* y) {
        cut_augmented_batch(dataset, index, samples, augmentation, epoch++, x, y);
    });
}
// 64 of 86 pixels; 1: light, 2: strong.
BENCHMARK(cut_augmented)->Args({86, 1})->Args({86, 2})->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace msunet::data

BENCHMARK_MAIN();

// SPDX-License-Identifier: Apache-2.0
#include "msunet/data/augmented_batch.hpp"

#include <algorithm>
#include <vector>

#include "data/shade.hpp"
#include "data/warp_window.hpp"
#include "msunet/core/random.hpp"

namespace msunet::data {

namespace {

/// Copies a window to the upper left corner of a sample, zeros elsewhere.
void pad(const std::vector<float>& window, std::size_t width, std::size_t padded_width,
         std::span<float> sample) {
    std::ranges::fill(sample, 0.0F);
    for (std::size_t from = 0, to = 0; from < window.size(); from += width, to += padded_width) {
        std::copy_n(window.data() + from, width, sample.data() + to);
    }
}

}  // namespace

std::uint64_t augmentation_key(std::uint64_t seed, std::uint64_t stream) {
    return core::derive_seed(seed, {core::seed_label("online augmentation"), stream});
}

void cut_augmented_batch(const Dataset& dataset, const PatchIndex& index,
                         std::span<const std::uint32_t> samples,
                         const OnlineAugmentation& augmentation, std::uint64_t epoch, float* x,
                         float* y) {
    const auto padded_width = static_cast<std::size_t>(index.padded_width());
    const auto area = static_cast<std::size_t>(index.padded_height()) * padded_width;
    Pixels pixels;
    std::vector<float> mask;
    for (std::size_t n = 0; n < samples.size(); ++n) {
        const PatchIndex::Window& window = index.windows()[samples[n]];
        const Slice& slice = dataset.slices()[window.slice];
        core::RandomStream random(core::derive_seed(augmentation.key, {epoch, samples[n]}));
        const auto draw = draw_augmentation(augmentation.level, augmentation.mirrors, random);
        pixels.height = window.height;
        pixels.width = window.width;
        pixels.values.resize(pixels.height * pixels.width);
        mask.resize(pixels.values.size());
        warp_window({.height = slice.height,
                     .width = slice.width,
                     .voxels = dataset.voxels(slice),
                     .mask = dataset.masks(slice)},
                    window, draw.warp, random, pixels.values, mask);
        shade(pixels, draw.shading, random);
        pad(pixels.values, pixels.width, padded_width, {x + n * area, area});
        pad(mask, pixels.width, padded_width, {y + n * area, area});
    }
}

}  // namespace msunet::data

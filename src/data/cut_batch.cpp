// SPDX-License-Identifier: Apache-2.0
#include "msunet/data/cut_batch.hpp"

#include <algorithm>
#include <cstring>

namespace msunet::data {

namespace {

void copy_row(const float* from, std::size_t count, float* to) {
    std::memcpy(to, from, count * sizeof(float));
}

void copy_row(const std::uint8_t* from, std::size_t count, float* to) {
    for (std::size_t i = 0; i < count; ++i) to[i] = static_cast<float>(from[i]);
}

/// One patch (height, width) of a slice that starts at `slice` and is `stride` wide, zero-padded to
/// (padded_height, padded_width).
template <class T>
void cut(const T* slice, std::size_t stride, const PatchIndex::Window& window,
         std::size_t padded_height, std::size_t padded_width, float* out) {
    const T* row = slice + window.row * stride + window.column;
    const std::size_t margin = padded_width - window.width;
    for (std::size_t y = 0; y < window.height; ++y, row += stride, out += padded_width) {
        copy_row(row, window.width, out);
        std::fill_n(out + window.width, margin, 0.0F);
    }
    std::fill_n(out, (padded_height - window.height) * padded_width, 0.0F);
}

}  // namespace

void cut_batch(const Dataset& dataset, const PatchIndex& index,
               std::span<const std::uint32_t> samples, float* x, float* y) {
    const auto height = static_cast<std::size_t>(index.padded_height());
    const auto width = static_cast<std::size_t>(index.padded_width());
    for (std::size_t n = 0; n < samples.size(); ++n) {
        const PatchIndex::Window& window = index.windows()[samples[n]];
        const Slice& slice = dataset.slices()[window.slice];
        const std::size_t at = n * height * width;
        if (x != nullptr) {
            cut(dataset.voxels().data() + slice.offset, slice.width, window, height, width, x + at);
        }
        if (y != nullptr) {
            cut(dataset.masks().data() + slice.offset, slice.width, window, height, width, y + at);
        }
    }
}

}  // namespace msunet::data

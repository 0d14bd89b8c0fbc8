// SPDX-License-Identifier: Apache-2.0
#include "msunet/predict/windows.hpp"

#include <algorithm>

namespace msunet::predict {
namespace {

/// Where windows of `size` begin on a side of `length` pixels. A stride may leave pixels out
/// in training, but not in a mask.
std::vector<std::uint32_t> starts(std::uint32_t length, std::uint32_t size, std::uint32_t stride) {
    std::vector<std::uint32_t> at;
    for (std::uint64_t start = 0; start + size <= length; start += std::min(stride, size)) {
        at.push_back(static_cast<std::uint32_t>(start));
    }
    if (at.back() + size < length) at.push_back(length - size);
    return at;
}

}  // namespace

std::vector<Window> windows_of(const data::PatchSpec& spec, std::uint32_t height,
                               std::uint32_t width) {
    const data::PatchSize patch = data::patch_size(spec, height, width);
    const std::uint32_t rows = std::min(patch.height, height);
    const std::uint32_t columns = std::min(patch.width, width);
    std::vector<Window> windows;
    for (const std::uint32_t row : starts(height, rows, patch.row_stride)) {
        for (const std::uint32_t column : starts(width, columns, patch.column_stride)) {
            windows.push_back({.row = row, .column = column, .height = rows, .width = columns});
        }
    }
    return windows;
}

Stitch::Stitch(std::uint32_t height, std::uint32_t width, Combination combination)
    : width_(width),
      combination_(combination),
      values_(std::size_t{height} * width),
      counts_(values_.size()) {}

void Stitch::add(const Window& window, const float* values, std::size_t stride) {
    for (std::uint32_t row = 0; row < window.height; ++row, values += stride) {
        const std::size_t begin = std::size_t{window.row + row} * width_ + window.column;
        for (std::uint32_t column = 0; column < window.width; ++column) {
            float& value = values_[begin + column];
            std::uint32_t& count = counts_[begin + column];
            if (combination_ == Combination::mean) {
                value += values[column];
            } else {
                value = count == 0 ? values[column] : std::max(value, values[column]);
            }
            ++count;
        }
    }
}

void Stitch::take(std::span<float> likelihood) {
    for (std::size_t i = 0; i < values_.size(); ++i) {
        const bool divide = combination_ == Combination::mean && counts_[i] > 1;
        likelihood[i] = divide ? values_[i] / static_cast<float>(counts_[i]) : values_[i];
    }
    std::ranges::fill(values_, 0.0F);
    std::ranges::fill(counts_, 0U);
}

}  // namespace msunet::predict

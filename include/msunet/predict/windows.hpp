// SPDX-License-Identifier: Apache-2.0
/// \file
/// Windows over a slice, and the likelihoods of overlapping windows made into one. Plain functions
/// of sizes and values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "msunet/data/patch_index.hpp"
#include "msunet/predict/options.hpp"

namespace msunet::predict {

/// A part of a slice, in pixels.
struct Window {
    std::uint32_t row = 0, column = 0;
    std::uint32_t height = 0, width = 0;
    friend bool operator==(const Window&, const Window&) = default;
};

/// The windows of a slice of height x width pixels: training's patches, and a last one flush with
/// the border wherever the stride leaves pixels over. A stride longer than the patch is cut to it:
/// every pixel is covered. A slice smaller than a fixed patch is one window of its own size in that
/// direction.
std::vector<Window> windows_of(const data::PatchSpec& spec, std::uint32_t height,
                               std::uint32_t width);

/// Puts windows of one slice together.
class Stitch {
public:
    Stitch(std::uint32_t height, std::uint32_t width, Combination combination);

    /// Takes a window's values; row i of them begins at values[i * stride].
    void add(const Window& window, const float* values, std::size_t stride);

    /// Writes the likelihoods (height, width) and forgets them. Pixels that no window has covered
    /// are 0.
    void take(std::span<float> likelihood);

private:
    std::uint32_t width_;
    Combination combination_;
    std::vector<float> values_;          ///< sums, or maxima
    std::vector<std::uint32_t> counts_;  ///< windows over each pixel
};

}  // namespace msunet::predict

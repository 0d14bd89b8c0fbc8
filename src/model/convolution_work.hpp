// SPDX-License-Identifier: Apache-2.0
/// \file
/// Memory of our own convolutions' threads, and how the work on a kernel's gradient is split.
#pragma once

#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>

#include <algorithm>
#include <cstdint>
#include <numeric>

namespace msunet::model {

/// Ranges of channels begin at multiples of these.
constexpr std::int64_t channel_block = 32, half_block = 16;

/// Scratch memory for some threads; each part begins at a cache line.
class Scratch {
public:
    Scratch(std::int64_t threads, std::int64_t bytes)
        : step_((bytes + 63) / 64 * 64), memory_(at::empty({threads, step_}, at::kByte)) {}

    [[nodiscard]] void* of(std::int64_t thread) const {
        return memory_.data_ptr<std::uint8_t>() + thread * step_;
    }

private:
    std::int64_t step_;
    at::Tensor memory_;
};

/// Each part of the pixels needs separate sums, which must be cleared and added up. Parts of the
/// channels share the sums, but each transforms all of the other tensor.
struct Split {
    std::int64_t by_channels, by_pixels;

    /// `parts` is how many parts of the pixels are worth a thread.
    Split(std::int64_t threads, std::int64_t channels, bool many_pixels, std::int64_t parts)
        : by_channels(many_pixels ? 1 : std::gcd(threads, channels / channel_block)),
          by_pixels(std::clamp<std::int64_t>(parts, 1, threads / by_channels)) {}

    [[nodiscard]] std::int64_t items() const { return by_channels * by_pixels; }
};

/// Where part `index` of `parts` begins.
inline std::int64_t part(std::int64_t whole, std::int64_t index, std::int64_t parts) {
    return whole * index / parts;
}

}  // namespace msunet::model

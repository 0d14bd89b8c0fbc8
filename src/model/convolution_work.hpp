// SPDX-License-Identifier: Apache-2.0
/// \file
/// What our own convolutions share: memory of their threads, and how the work on a kernel's
/// gradient is split.
#pragma once

#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <vector>

#include "model/kernels/table.hpp"

namespace msunet::model {

/// Ranges of channels begin at multiples of it or of its half.
using kernels::channel_block;
constexpr std::int64_t half_block = channel_block / 2;

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

/// Whether our own convolutions are for such kernels: on the CPU in float32, with `taps` × `taps`
/// taps and whole blocks of channels.
inline bool has_whole_blocks(const at::Tensor& kernel, std::int64_t taps) {
    return kernel.is_cpu() && kernel.scalar_type() == at::kFloat && kernel.size(1) == taps &&
           kernel.size(2) == taps && kernel.size(0) % channel_block == 0 &&
           kernel.size(3) % channel_block == 0;
}

/// Part `index` of `parts` of a range, in units of `unit`.
struct Part {
    std::int64_t first, last;

    Part(std::int64_t whole, std::int64_t index, std::int64_t parts, std::int64_t unit = 1)
        : first(unit * (whole * index / parts)), last(unit * (whole * (index + 1) / parts)) {}
};

/// How the work on a kernel's gradient is split. Each part of the pixels needs separate sums, which
/// must be cleared and added up. Parts of the channels share the sums, but each transforms all of
/// the other tensor.
struct Split {
    std::int64_t by_channels, by_pixels;

    /// `parts` is how many parts of the pixels are worth a thread.
    Split(std::int64_t threads, std::int64_t channels, bool many_pixels, std::int64_t parts)
        : by_channels(many_pixels ? 1 : std::gcd(threads, channels / channel_block)),
          by_pixels(std::clamp<std::int64_t>(parts, 1, threads / by_channels)) {}

    /// The sums, of this size in float32, of what f(pixels, channels, sums, scratch) adds for each
    /// part. `pixels` is the range of the pixels, in the unit of f.
    template <class F>
    at::Tensor sum(std::int64_t pixels, std::int64_t channels, at::IntArrayRef size,
                   std::int64_t scratch_bytes, const F& f) const {
        const std::int64_t items = by_channels * by_pixels;
        std::vector<std::int64_t> all{by_pixels};
        all.insert(all.end(), size.begin(), size.end());
        const at::Tensor sums = at::zeros(all, at::kFloat);
        const Scratch scratch(items, scratch_bytes);
        at::parallel_for(0, items, 1, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t item = begin; item < end; ++item) {
                const std::int64_t c = item % by_channels, p = item / by_channels;
                f(Part(pixels, p, by_pixels),
                  Part(channels / channel_block, c, by_channels, channel_block),
                  sums[p].data_ptr<float>(), scratch.of(item));
            }
        });
        for (std::int64_t p = 1; p < by_pixels; ++p) sums[0].add_(sums[p]);
        return sums[0];
    }
};

}  // namespace msunet::model

// SPDX-License-Identifier: Apache-2.0
#include "model/minimal_filter.hpp"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>
#include <ATen/record_function.h>

#include <algorithm>
#include <numeric>

namespace msunet::model {
namespace {

using kernels::FilterPass;
using kernels::MinimalFilter;
using kernels::TiledShape;

/// The least multiples of channels that a range of input or of output may begin at.
constexpr std::int64_t block = 32, half_block = 16;
/// Tiles worth a thread of their own.
constexpr std::int64_t grain = 24;

/// A thread's scratch memory begins at a cache line of its own.
std::int64_t aligned(std::int64_t numbers) { return (numbers + 15) / 16 * 16; }

std::int64_t tiles_of(const TiledShape& shape, std::int64_t images) {
    return images * shape.down * shape.across;
}

at::Tensor transform(const FilterPass& pass, std::int64_t positions, const at::Tensor& kernel,
                     std::int64_t written) {
    const std::int64_t in = kernel.size(3), out = kernel.size(0);
    at::Tensor transformed = at::empty({positions, in, out}, kernel.options());
    at::parallel_for(0, written / half_block, 1, [&](std::int64_t begin, std::int64_t end) {
        pass.transform(kernel.const_data_ptr<float>(), in, out, half_block * begin,
                       half_block * end, transformed.data_ptr<float>());
    });
    return transformed;
}

/// x by one of the filter's passes, to so many channels.
at::Tensor run(const FilterPass& pass, std::int64_t positions, const at::Tensor& x,
               const at::Tensor& kernel, std::int64_t channels, const float* bias) {
    const TiledShape shape{x.size(2) / pass.step, x.size(3) / pass.step, x.size(1), channels};
    const at::Tensor transformed = transform(pass, positions, kernel, channels);
    at::Tensor z =
        at::empty({x.size(0), channels, shape.down * pass.output, shape.across * pass.output},
                  x.options(), at::MemoryFormat::ChannelsLast);
    const std::int64_t scratch_size = aligned(pass.scratch(shape.in, shape.out));
    const at::Tensor scratch = at::empty({at::get_num_threads(), scratch_size}, x.options());
    at::parallel_for(
        0, tiles_of(shape, x.size(0)), grain, [&](std::int64_t begin, std::int64_t end) {
            pass.convolve(x.const_data_ptr<float>(), transformed.const_data_ptr<float>(), bias,
                          shape, begin, end, z.data_ptr<float>(),
                          scratch.data_ptr<float>() + at::get_thread_num() * scratch_size);
        });
    return z;
}

/// How a gradient's work is split: by input channels first, which share no sums.
struct Split {
    std::int64_t by_channels, by_tiles;
};

Split split(std::int64_t threads, std::int64_t channel_blocks, std::int64_t tiles) {
    const std::int64_t by_channels = std::gcd(threads, channel_blocks);
    return {by_channels, std::clamp<std::int64_t>(tiles / grain, 1, threads / by_channels)};
}

std::int64_t part(std::int64_t whole, std::int64_t index, std::int64_t parts) {
    return whole * index / parts;
}

/// Gradient (positions,cin,cout) of the kernel's transform.
at::Tensor transform_gradient(const MinimalFilter& filter, const at::Tensor& x,
                              const at::Tensor& gradient) {
    const std::int64_t step = filter.forward.step;
    const TiledShape shape{x.size(2) / step, x.size(3) / step, x.size(1), gradient.size(1)};
    const std::int64_t blocks = shape.in / block, tiles = tiles_of(shape, x.size(0));
    const Split parts = split(at::get_num_threads(), blocks, tiles);
    const std::int64_t items = parts.by_channels * parts.by_tiles;
    const at::Tensor sums =
        at::zeros({parts.by_tiles, filter.positions, shape.in, shape.out}, x.options());
    const std::int64_t scratch_size = aligned(filter.forward.scratch(shape.in, shape.out));
    const at::Tensor scratch = at::empty({items, scratch_size}, x.options());
    at::parallel_for(0, items, 1, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t item = begin; item < end; ++item) {
            const std::int64_t c = item % parts.by_channels, t = item / parts.by_channels;
            filter.add_gradient(
                x.const_data_ptr<float>(), gradient.const_data_ptr<float>(), shape,
                part(tiles, t, parts.by_tiles), part(tiles, t + 1, parts.by_tiles),
                block * part(blocks, c, parts.by_channels),
                block * part(blocks, c + 1, parts.by_channels), sums[t].data_ptr<float>(),
                scratch.data_ptr<float>() + item * scratch_size);
        }
    });
    for (std::int64_t t = 1; t < parts.by_tiles; ++t) sums[0].add_(sums[t]);
    return sums[0];
}

}  // namespace

bool suits(const MinimalFilter& filter, const at::Tensor& kernel, at::ScalarType type) {
    return kernel.is_cpu() && type == at::kFloat && kernel.scalar_type() == at::kFloat &&
           kernel.size(1) == filter.taps && kernel.size(2) == filter.taps &&
           kernel.size(0) % block == 0 && kernel.size(3) % block == 0;
}

at::Tensor convolve(const MinimalFilter& filter, const at::Tensor& x, const at::Tensor& kernel,
                    const at::Tensor& bias) {
    RECORD_USER_SCOPE("msunet::convolution");
    return run(filter.forward, filter.positions, x, kernel, kernel.size(0),
               bias.const_data_ptr<float>());
}

at::Tensor input_gradient(const MinimalFilter& filter, const at::Tensor& gradient,
                          const at::Tensor& kernel) {
    RECORD_USER_SCOPE("msunet::convolution_backward");
    return run(filter.adjoint, filter.positions, gradient, kernel, kernel.size(3), nullptr);
}

void write_kernel_gradient(const MinimalFilter& filter, const at::Tensor& x,
                           const at::Tensor& gradient, const at::Tensor& kernel_gradient) {
    RECORD_USER_SCOPE("msunet::convolution_backward");
    const at::Tensor transformed = transform_gradient(filter, x, gradient);
    const std::int64_t in = x.size(1), out = gradient.size(1);
    at::parallel_for(0, in / half_block, 1, [&](std::int64_t begin, std::int64_t end) {
        filter.kernel_gradient(transformed.const_data_ptr<float>(), in, out, half_block * begin,
                               half_block * end, kernel_gradient.data_ptr<float>());
    });
}

}  // namespace msunet::model

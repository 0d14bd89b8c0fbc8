// SPDX-License-Identifier: Apache-2.0
#include "model/tile_convolution.hpp"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/record_function.h>

#include "model/convolution_work.hpp"
#include "model/cpu_tensors.hpp"

namespace msunet::model {
namespace {

using kernels::Bf16;
using kernels::ImageShape;
using kernels::kernel_matrices;
using kernels::TileConvolution;

/// Pixels at the lower resolution that are worth a thread.
constexpr std::int64_t thread_pixels = 64;

std::int64_t rows_of(const ImageShape& shape) { return shape.images * shape.height; }

/// Rows that are worth a thread.
std::int64_t row_grain(const ImageShape& shape) { return 1 + (thread_pixels - 1) / shape.width; }

using Transform = decltype(TileConvolution::transform);

at::Tensor transformed(Transform transform, const at::Tensor& kernel, std::int64_t written) {
    const std::int64_t in = kernel.size(3), out = kernel.size(0);
    at::Tensor result =
        at::empty({kernel_matrices, in, out}, kernel.options().dtype(at::kBFloat16));
    at::parallel_for(0, written / half_block, 1, [&](std::int64_t begin, std::int64_t end) {
        transform(pointer<const float>(kernel), in, out, half_block * begin, half_block * end,
                  pointer<Bf16>(result));
    });
    return result;
}

kernels::TileInput raw_input(const ConvolutionInput& input) {
    return {pointer<Bf16>(input.x), pointer<const float>(input.scale),
            pointer<const float>(input.shift)};
}

/// The gradient (cout,9,cin) of the kernel's matrices.
at::Tensor matrix_gradient(const TileConvolution& tiles, const ConvolutionInput& input,
                           const at::Tensor& gradient) {
    const at::Tensor& x = input.x;
    const ImageShape shape{x.size(0), x.size(2), x.size(3), x.size(1), gradient.size(1)};
    const std::int64_t threads = at::get_num_threads(), rows = rows_of(shape);
    const bool many_pixels = rows * shape.width / threads >= 16 * shape.out;
    const Split split(threads, shape.out, many_pixels, rows / row_grain(shape));
    return split.sum(
        rows, shape.out, {shape.out, kernel_matrices, shape.in}, tiles.gradient_scratch(shape),
        [&](const Part& part, const Part& channels, float* sums, void* scratch) {
            tiles.add_gradient(raw_input(input), pointer<Bf16>(gradient), shape, part.first,
                               part.last, channels.first, channels.last, sums, scratch);
        });
}

}  // namespace

bool is_applicable(const TileConvolution& tiles, const at::Tensor& kernel) {
    return has_whole_blocks(kernel, tiles.taps);
}

at::Tensor convolve(const TileConvolution& tiles, const ConvolutionInput& input,
                    const at::Tensor& kernel, const at::Tensor& bias, const at::Tensor& sums) {
    RECORD_USER_SCOPE("msunet::convolution");
    const at::Tensor& x = input.x;
    const ImageShape shape{x.size(0), x.size(2), x.size(3), x.size(1), kernel.size(0)};
    const at::Tensor weights = transformed(tiles.transform, kernel, shape.out);
    at::Tensor z = at::empty(
        {shape.images, shape.out, tiles.upsampling * shape.height, tiles.upsampling * shape.width},
        x.options(), at::MemoryFormat::ChannelsLast);
    const Scratch scratch(at::get_num_threads(), tiles.convolve_scratch(shape));
    const auto run = [&](std::int64_t begin, std::int64_t end, double* part) {
        tiles.convolve(raw_input(input), pointer<Bf16>(weights), pointer<float>(bias), shape, begin,
                       end, pointer<Bf16>(z), part, scratch.of(at::get_thread_num()));
    };
    if (sums.defined()) {
        parallel_sums(rows_of(shape), row_grain(shape), 2 * shape.out, pointer<double>(sums), run);
    } else {
        at::parallel_for(0, rows_of(shape), row_grain(shape),
                         [&](std::int64_t begin, std::int64_t end) { run(begin, end, nullptr); });
    }
    return z;
}

at::Tensor input_gradient(const TileConvolution& tiles, const at::Tensor& gradient,
                          const at::Tensor& kernel) {
    RECORD_USER_SCOPE("msunet::convolution_backward");
    const ImageShape shape{gradient.size(0), gradient.size(2) / tiles.upsampling,
                           gradient.size(3) / tiles.upsampling, kernel.size(3), kernel.size(0)};
    const at::Tensor weights = transformed(tiles.transform_adjoint, kernel, shape.in);
    at::Tensor dx = at::empty({shape.images, shape.in, shape.height, shape.width},
                              gradient.options(), at::MemoryFormat::ChannelsLast);
    const Scratch scratch(at::get_num_threads(), tiles.adjoint_scratch(shape));
    at::parallel_for(
        0, rows_of(shape), row_grain(shape), [&](std::int64_t begin, std::int64_t end) {
            tiles.adjoint(pointer<Bf16>(gradient), pointer<Bf16>(weights), shape, begin, end,
                          pointer<Bf16>(dx), scratch.of(at::get_thread_num()));
        });
    return dx;
}

void write_kernel_gradient(const TileConvolution& tiles, const ConvolutionInput& input,
                           const at::Tensor& gradient, const at::Tensor& kernel_gradient) {
    RECORD_USER_SCOPE("msunet::convolution_backward");
    const at::Tensor sums = matrix_gradient(tiles, input, gradient);
    at::parallel_for(0, gradient.size(1), half_block, [&](std::int64_t begin, std::int64_t end) {
        tiles.kernel_gradient(pointer<const float>(sums), input.x.size(1), begin, end,
                              pointer<float>(kernel_gradient));
    });
}

}  // namespace msunet::model

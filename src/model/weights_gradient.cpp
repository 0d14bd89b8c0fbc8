// SPDX-License-Identifier: Apache-2.0
#include "model/weights_gradient.hpp"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>
#include <ATen/record_function.h>

#include <algorithm>
#include <numeric>

namespace msunet::model {
namespace {

bool is_dense_image(const at::Tensor& tensor) {
    return tensor.is_cpu() && tensor.scalar_type() == at::kFloat &&
           tensor.is_contiguous(at::MemoryFormat::ChannelsLast);
}

bool fits(const kernels::WeightsGradient& kernel, const at::Tensor& x, const at::Tensor& gradient,
          const at::Tensor& kernel_gradient) {
    return is_dense_image(x) && is_dense_image(gradient) && x.size(2) == gradient.size(2) &&
           x.size(3) == gradient.size(3) && kernel_gradient.size(1) == 3 &&
           kernel_gradient.size(2) == 3 && x.size(1) % kernel.in_block == 0 &&
           gradient.size(1) % kernel.out_block == 0 &&
           kernel_gradient.scalar_type() == at::kFloat && kernel_gradient.is_contiguous();
}

/// How the work is split: by input channels first, which share no sums.
struct Split {
    std::int64_t by_channels, by_images;
};

Split split(std::int64_t threads, std::int64_t channel_blocks, std::int64_t images) {
    const std::int64_t by_channels = std::gcd(threads, channel_blocks);
    return {by_channels, std::min(threads / by_channels, images)};
}

std::int64_t part(std::int64_t whole, std::int64_t index, std::int64_t parts) {
    return whole * index / parts;
}

}  // namespace

bool write_weights_gradient(const at::Tensor& x, const at::Tensor& gradient,
                            const at::Tensor& kernel_gradient) {
    const kernels::WeightsGradient* kernel = kernels::kernels().weights_gradient;
    if (kernel == nullptr || !fits(*kernel, x, gradient, kernel_gradient)) return false;
    write_weights_gradient(*kernel, x, gradient, kernel_gradient);
    return true;
}

void write_weights_gradient(const kernels::WeightsGradient& kernel, const at::Tensor& x,
                            const at::Tensor& gradient, const at::Tensor& kernel_gradient) {
    RECORD_USER_SCOPE("msunet::convolution_backward");
    const std::int64_t images = x.size(0), channels = x.size(1);
    const kernels::Convolution3x3 shape{x.size(2), x.size(3), channels, gradient.size(1)};
    const std::int64_t blocks = channels / kernel.in_block;
    const Split parts = split(at::get_num_threads(), blocks, images);
    const std::int64_t items = parts.by_channels * parts.by_images;
    // The first images add to the result itself, the others to sums of their own.
    const at::Tensor others =
        at::zeros({parts.by_images - 1, kernel_gradient.numel()}, kernel_gradient.options());
    const std::int64_t scratch_size = (kernel.scratch(shape) + 15) / 16 * 16;
    const at::Tensor scratch = at::empty({items, scratch_size}, kernel_gradient.options());
    kernel_gradient.zero_();
    at::parallel_for(0, items, 1, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t item = begin; item < end; ++item) {
            const std::int64_t c = item % parts.by_channels, i = item / parts.by_channels;
            float* sums = i == 0 ? kernel_gradient.data_ptr<float>()
                                 : others.data_ptr<float>() + (i - 1) * kernel_gradient.numel();
            kernel.add(x.const_data_ptr<float>(), gradient.const_data_ptr<float>(), shape,
                       part(images, i, parts.by_images), part(images, i + 1, parts.by_images),
                       kernel.in_block * part(blocks, c, parts.by_channels),
                       kernel.in_block * part(blocks, c + 1, parts.by_channels), sums,
                       scratch.data_ptr<float>() + item * scratch_size);
        }
    });
    for (std::int64_t i = 1; i < parts.by_images; ++i) {
        kernel_gradient.add_(others[i - 1].view_as(kernel_gradient));
    }
}

}  // namespace msunet::model

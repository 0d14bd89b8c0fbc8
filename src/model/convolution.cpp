// SPDX-License-Identifier: Apache-2.0
#include "model/convolution.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/add.h>
#include <ATen/ops/convolution.h>
#include <ATen/ops/convolution_backward.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/stack.h>

#include <array>
#include <tuple>
#include <vector>

#include "model/weights_gradient.hpp"

namespace msunet::model {
namespace {

struct Geometry {
    std::vector<std::int64_t> stride, padding, output_padding;
    bool transposed;
    std::vector<std::int64_t> dilation{1, 1};
};

Geometry geometry(ConvolutionKind kind, const at::Tensor& weights) {
    if (kind == ConvolutionKind::up) {
        // The full result has 2H + 1 rows. Padding 1 takes the first and the last away, output
        // padding 1 gives the last one back.
        return {.stride = {2, 2}, .padding = {1, 1}, .output_padding = {1, 1}, .transposed = true};
    }
    return {.stride = {1, 1},
            .padding = {weights.size(2) / 2, weights.size(3) / 2},
            .output_padding = {0, 0},
            .transposed = false};
}

/// (w1, w0 + w1, w0) along a dimension: a kernel of two taps seen from one pixel before it is
/// doubled.
at::Tensor widened(const at::Tensor& w, std::int64_t dim) {
    const at::Tensor first = w.select(dim, 0), second = w.select(dim, 1);
    return at::stack({second, first + second, first}, dim);
}

/// The adjoint of `widened`.
at::Tensor narrowed(const at::Tensor& k, std::int64_t dim) {
    const at::Tensor middle = k.select(dim, 1);
    return at::stack({middle + k.select(dim, 2), middle + k.select(dim, 0)}, dim);
}

}  // namespace

at::Tensor convolution_weights(ConvolutionKind kind, const at::Tensor& kernel) {
    if (kind == ConvolutionKind::same) return kernel.permute({0, 3, 1, 2});
    // (cout,2,2,cin) → (cin,3,3,cout), seen as (cin,cout,3,3).
    return widened(widened(kernel, 1), 2).permute({3, 1, 2, 0}).contiguous().permute({0, 3, 1, 2});
}

at::Tensor convolve(ConvolutionKind kind, const at::Tensor& x, const at::Tensor& weights,
                    const at::Tensor& bias) {
    if (x.size(0) == 0) {
        const std::int64_t scale = kind == ConvolutionKind::up ? 2 : 1;
        return at::empty({0, bias.size(0), scale * x.size(2), scale * x.size(3)}, x.options(),
                         at::MemoryFormat::ChannelsLast);
    }
    const Geometry g = geometry(kind, weights);
    return at::convolution(x, weights, bias, g.stride, g.padding, g.dilation, g.transposed,
                           g.output_padding, 1)
        .contiguous(at::MemoryFormat::ChannelsLast);
}

at::Tensor convolve_backward(ConvolutionKind kind, const at::Tensor& gradient, const at::Tensor& x,
                             const at::Tensor& weights, bool with_input,
                             const at::Tensor& kernel_gradient) {
    if (x.size(0) == 0) {
        if (kernel_gradient.defined()) kernel_gradient.zero_();
        return with_input ? at::empty(x.sizes(), x.options(), at::MemoryFormat::ChannelsLast)
                          : at::Tensor();
    }
    const bool by_library =
        kernel_gradient.defined() && !write_weights_gradient(x, gradient, kernel_gradient);
    const Geometry g = geometry(kind, weights);
    const std::array<bool, 3> wanted{with_input, by_library, false};
    if (!with_input && !by_library) return {};
    auto [dx, dw, db] =
        at::convolution_backward(gradient, x, weights, at::OptionalIntArrayRef(), g.stride,
                                 g.padding, g.dilation, g.transposed, g.output_padding, 1, wanted);
    if (by_library) {
        if (kind == ConvolutionKind::up) {
            // (cin,cout,3,3) → (cout,3,3,cin)
            dw = dw.to(kernel_gradient.scalar_type()).permute({1, 2, 3, 0});
            kernel_gradient.copy_(narrowed(narrowed(dw, 1), 2));
        } else {
            kernel_gradient.copy_(dw.permute({0, 2, 3, 1}));
        }
    }
    return with_input ? dx.contiguous(at::MemoryFormat::ChannelsLast) : at::Tensor();
}

}  // namespace msunet::model

// SPDX-License-Identifier: Apache-2.0
/// \file
/// FusedOps by ATen operators, on any device.

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/bitwise_and.h>
#include <ATen/ops/bitwise_right_shift.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/convolution.h>
#include <ATen/ops/convolution_backward.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/eq.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/rsqrt.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros_like.h>

#include <array>
#include <tuple>
#include <utility>
#include <vector>

#include "model/convolution.hpp"
#include "msunet/model/fused_ops.hpp"

namespace msunet::model {
namespace {

/// Coefficients of channels in a shape that multiplies (N,C,H,W).
at::Tensor by_channel(const at::Tensor& coefficients) { return coefficients.view({1, -1, 1, 1}); }

/// x in the type of arithmetic, which is that of the coefficients.
at::Tensor widened(const at::Tensor& x, const Norm& norm) { return x.to(norm.gamma.scalar_type()); }

/// z + bias, to which ReLU is applied, in the type of arithmetic.
at::Tensor with_bias(const at::Tensor& z, const Norm& norm) {
    return norm.bias.defined() ? widened(z, norm) + by_channel(norm.bias) : widened(z, norm);
}

at::Tensor sum_by_channel(const at::Tensor& x) { return x.sum({0, 2, 3}, false, at::kDouble); }

/// The mask of channels [offset, offset + channels) of `whole` as booleans (N,C,H,W).
at::Tensor kept(const at::Tensor& bits, const at::Tensor& whole, std::int64_t offset,
                std::int64_t channels) {
    const at::Tensor lane = at::arange(32, bits.options());
    const at::Tensor flat = at::bitwise_and(at::bitwise_right_shift(bits.unsqueeze(2), lane), 1);
    return flat.view({whole.size(0), whole.size(2), whole.size(3), whole.size(1)})
        .narrow(3, offset, channels)
        .permute({0, 3, 1, 2})
        .to(at::kBool);
}

/// The four pixels of each 2×2 block: (N,C,H,W) → (N,C,H/2,W/2,4), row-major.
at::Tensor quarters(const at::Tensor& y) {
    return y.view({y.size(0), y.size(1), y.size(2) / 2, 2, y.size(3) / 2, 2})
        .permute({0, 1, 2, 4, 3, 5})
        .reshape({y.size(0), y.size(1), y.size(2) / 2, y.size(3) / 2, 4});
}

/// dy (N,C,H,W) in the type of arithmetic.
at::Tensor gradient_of(const at::Tensor& z, const Source& source, const Norm& norm) {
    at::Tensor dy = at::zeros_like(z, z.options().dtype(norm.gamma.scalar_type()));
    if (source.gradient.defined()) {
        at::Tensor part = widened(source.gradient.narrow(1, source.offset, z.size(1)), norm);
        if (source.bits.defined()) {
            part = part * kept(source.bits, source.gradient, source.offset, z.size(1)) *
                   source.keep_scale;
        }
        dy.add_(part);
    }
    if (source.pooled.defined()) {
        const at::Tensor quarter = at::arange(4, source.pool_index.options()).view({1, 1, 1, 1, 4});
        at::Tensor part = at::eq(source.pool_index.unsqueeze(4), quarter) *
                          widened(source.pooled, norm).unsqueeze(4);
        part = part.view({z.size(0), z.size(1), z.size(2) / 2, z.size(3) / 2, 2, 2})
                   .permute({0, 1, 2, 4, 3, 5})
                   .reshape(z.sizes());
        dy.add_(part);
    }
    return dy;
}

class AtenFusedOps final : public FusedOps {
public:
    void relu_sums(const at::Tensor& z, Norm& norm) override {
        const at::Tensor a = at::relu(with_bias(z, norm)).to(at::kDouble);
        norm.sums.copy_(at::stack({sum_by_channel(a), sum_by_channel(a * a)}));
    }

    void prepare_norm(Norm& norm, std::int64_t count) override {
        const double momentum = norm.constants.momentum;
        at::Tensor variance;
        if (norm.batch_statistics && count > 0) {
            const auto n = static_cast<double>(count);
            norm.mean.copy_(norm.sums[0] / n);
            variance = (norm.sums[1] / n - norm.mean * norm.mean).clamp_min(0);
            const double unbias = count > 1 ? n / (n - 1) : 1;
            norm.moving_mean.copy_(norm.moving_mean.to(at::kDouble) * momentum +
                                   norm.mean * (1 - momentum));
            norm.moving_variance.copy_(norm.moving_variance.to(at::kDouble) * momentum +
                                       variance * (unbias * (1 - momentum)));
        } else {
            norm.mean.copy_(norm.moving_mean);
            variance = norm.moving_variance.to(at::kDouble);
        }
        norm.inverse.copy_(at::rsqrt(variance + norm.constants.epsilon));
        const at::Tensor scale = norm.gamma * norm.inverse;
        norm.scale.copy_(scale);
        norm.shift.copy_(norm.beta - norm.mean * scale);
    }

    void norm_forward(const at::Tensor& z, const Norm& norm, const Target& target) override {
        at::Tensor y =
            at::relu(with_bias(z, norm)) * by_channel(norm.scale) + by_channel(norm.shift);
        if (target.pooled.defined()) {
            const auto [best, index] = quarters(y.to(z.scalar_type())).max(4);
            target.pooled.copy_(best);
            if (target.pool_index.defined()) target.pool_index.copy_(index);
        }
        if (!target.out.defined()) return;
        if (target.bits.defined()) {
            y = y * kept(target.bits, target.out, target.offset, z.size(1)) * target.keep_scale;
        }
        at::Tensor out = target.out;
        out.narrow(1, target.offset, z.size(1)).copy_(y);
    }

    void norm_backward_sums(const at::Tensor& z, const Source& source, Norm& norm) override {
        const at::Tensor dy = gradient_of(z, source, norm).to(at::kDouble);
        const at::Tensor normalised =
            (at::relu(with_bias(z, norm)).to(at::kDouble) - by_channel(norm.mean)) *
            by_channel(norm.inverse);
        norm.sums.copy_(at::stack({sum_by_channel(dy), sum_by_channel(dy * normalised)}));
    }

    void take_norm_gradients(Norm& norm) override {
        norm.beta_gradient.copy_(norm.sums[0]);
        norm.gamma_gradient.copy_(norm.sums[1]);
    }

    void prepare_norm_backward(Norm& norm, std::int64_t count) override {
        if (!norm.batch_statistics || count == 0) {
            norm.correction.zero_();
            return;
        }
        const at::Tensor scale = norm.gamma * norm.inverse / static_cast<double>(count);
        const at::Tensor slope = scale * norm.inverse * norm.sums[1];
        norm.correction.copy_(at::stack({scale * norm.sums[0] - slope * norm.mean, slope}));
    }

    void norm_backward(at::Tensor& z, const Source& source, const Norm& norm,
                       const at::Tensor& bias_gradient) override {
        const at::Tensor a = with_bias(z, norm);
        const at::Tensor dy = gradient_of(z, source, norm);
        const at::Tensor dz = (by_channel(norm.scale) * dy - by_channel(norm.correction[0]) -
                               by_channel(norm.correction[1]) * a) *
                              (a > 0);
        if (bias_gradient.defined()) bias_gradient.copy_(sum_by_channel(dz));
        z.copy_(dz);
    }

    at::Tensor first_convolution(const at::Tensor& x, const at::Tensor& weights,
                                 const at::Tensor& bias, Norm& norm) override {
        return convolve({.kernel = weights, .bias = bias}, x, !norm.bias.defined());
    }

    void first_convolution_backward(const at::Tensor& x, const at::Tensor& gradient,
                                    const at::Tensor& weights_gradient) override {
        const at::Tensor unread = at::empty(weights_gradient.sizes(), x.options());
        convolve_backward({.kernel = unread, .kernel_gradient = weights_gradient}, gradient, {x},
                          false);
    }

    at::Tensor last_convolution(const at::Tensor& x, const at::Tensor& weights,
                                const at::Tensor& bias) override {
        return convolve({.kernel = weights, .bias = bias}, x);
    }

    at::Tensor last_convolution_backward(at::Tensor x, const at::Tensor& gradient,
                                         const at::Tensor& weights,
                                         const at::Tensor& weights_gradient,
                                         bool with_input) override {
        return convolve_backward({.kernel = weights, .kernel_gradient = weights_gradient}, gradient,
                                 {std::move(x)}, with_input);
    }

    void dropout_mask(at::Tensor& bits, DropoutRate rate, DropoutKey key, std::uint32_t layer,
                      std::uint32_t first_sample) override {
        at::Tensor host = bits.device().is_cpu()
                              ? bits
                              : at::empty(bits.sizes(), bits.options().device(at::kCPU));
        dropout_bits(
            {static_cast<std::uint32_t*>(host.data_ptr()), static_cast<std::size_t>(host.numel())},
            bits.size(1), rate, key, layer, first_sample);
        if (!bits.device().is_cpu()) bits.copy_(host);
    }
};

}  // namespace

std::unique_ptr<FusedOps> make_aten_fused_ops() { return std::make_unique<AtenFusedOps>(); }

}  // namespace msunet::model

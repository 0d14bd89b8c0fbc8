// SPDX-License-Identifier: Apache-2.0
#include "msunet/model/fused_ops.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/mv.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/threshold_backward.h>

#include "model/convolution.hpp"

namespace msunet::model {

void FusedOps::norm_statistics(const at::Tensor& z, Norm& norm, std::int64_t count) {
    relu_sums(z, norm);
    prepare_norm(norm, count);
}

void FusedOps::norm_backward_statistics(const at::Tensor& z, const Source& source, Norm& norm,
                                        std::int64_t count) {
    norm_backward_sums(z, source, norm);
    if (norm.gamma_gradient.defined()) take_norm_gradients(norm);
    prepare_norm_backward(norm, count);
}

at::Tensor FusedOps::head_forward(at::Tensor& z, const HeadWeights& weights) {
    z.relu_();
    const at::Tensor& w = weights.score;
    const at::Tensor logits =
        at::matmul(z.permute({0, 2, 3, 1}).to(w.scalar_type()), w.view({-1, 1})) +
        weights.score_bias;
    return logits.squeeze(3);
}

at::Tensor FusedOps::head_backward(at::Tensor z, const at::Tensor& logits_gradient,
                                   const HeadWeights& weights, bool with_input) {
    const at::Tensor d = logits_gradient.reshape({-1});
    const at::Tensor a = z.permute({0, 2, 3, 1}).reshape({-1, z.size(1)});
    if (weights.score_gradient.defined()) {
        weights.score_gradient.view({-1}).copy_(at::mv(a.to(d.scalar_type()).t(), d));
        weights.score_bias_gradient.copy_(d.sum());
    }
    if (!with_input) return {};
    at::Tensor da = at::matmul(d.unsqueeze(1), weights.score.view({1, -1}));
    da = at::threshold_backward(da.to(a.scalar_type()), a, 0);
    if (weights.bias_gradient.defined()) {
        weights.bias_gradient.copy_(da.sum({0}, false, at::kDouble));
    }
    return da.view({z.size(0), z.size(2), z.size(3), z.size(1)}).permute({0, 3, 1, 2});
}

at::Tensor FusedOps::widened_kernel(const at::Tensor& kernel, at::ScalarType type) {
    return aten_widened_kernel(kernel).to(type);
}

void FusedOps::narrow_gradient(const at::Tensor& widened, const at::Tensor& kernel_gradient) {
    aten_narrow_gradient(widened, kernel_gradient);
}

void FusedOps::take_kernel_gradients(std::span<const KernelGradient> gradients) {
    for (const auto& [from, to] : gradients) to.copy_(from);
}

}  // namespace msunet::model

// SPDX-License-Identifier: Apache-2.0
#include "model/head.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/mv.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/threshold_backward.h>
#include <ATen/record_function.h>

#include <utility>

namespace msunet::model {
namespace {

at::Tensor convolve_last(FusedOps& fused_ops, const Head& head, const at::Tensor& x) {
    RECORD_USER_SCOPE("msunet::convolution");
    return fused_ops.last_convolution(x, head.last.kernel, head.last.bias);
}

}  // namespace

at::Tensor head_forward(FusedOps& fused_ops, Head& head, const at::Tensor& x, bool keep) {
    at::Tensor a = convolve_last(fused_ops, head, x).relu_();
    if (keep) head.a = a;
    const at::Tensor& w = head.score.kernel;
    const at::Tensor logits =
        at::matmul(a.permute({0, 2, 3, 1}).to(w.scalar_type()), w.view({-1, 1})) + head.score.bias;
    return logits.squeeze(3);
}

at::Tensor head_backward(FusedOps& fused_ops, const Head& head, at::Tensor x,
                         const at::Tensor& logits_gradient, bool needed) {
    const Convolution& score = head.score;
    const at::Tensor d = logits_gradient.reshape({-1});
    const at::Tensor a = head.a.permute({0, 2, 3, 1}).reshape({-1, head.a.size(1)});
    if (score.trainable()) {
        score.kernel_gradient.view({-1}).copy_(at::mv(a.to(d.scalar_type()).t(), d));
        score.bias_gradient.copy_(d.sum());
    }
    const Convolution& last = head.last;
    if (!needed && !last.trainable()) return {};
    at::Tensor da = at::matmul(d.unsqueeze(1), score.kernel.view({1, -1}));
    da = at::threshold_backward(da.to(a.scalar_type()), a, 0);
    if (last.trainable()) last.bias_gradient.copy_(da.sum({0}, false, at::kDouble));
    da = da.view({x.size(0), x.size(2), x.size(3), a.size(1)}).permute({0, 3, 1, 2});
    RECORD_USER_SCOPE("msunet::convolution_backward");
    return fused_ops.last_convolution_backward(std::move(x), da, last.kernel, last.kernel_gradient,
                                               needed);
}

}  // namespace msunet::model

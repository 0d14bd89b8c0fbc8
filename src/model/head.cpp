// SPDX-License-Identifier: Apache-2.0
#include "model/head.hpp"

#include <ATen/record_function.h>

#include <utility>

namespace msunet::model {
namespace {

HeadWeights weights_of(const Head& head) {
    return {.score = head.score.kernel,
            .score_bias = head.score.bias,
            .score_gradient = head.score.kernel_gradient,
            .score_bias_gradient = head.score.bias_gradient,
            .bias_gradient = head.last.bias_gradient};
}

at::Tensor convolve_last(FusedOps& fused_ops, const Head& head, const at::Tensor& x) {
    RECORD_USER_SCOPE("msunet::convolution");
    return fused_ops.last_convolution(x, head.last.kernel, head.last.bias);
}

}  // namespace

at::Tensor head_forward(FusedOps& fused_ops, Head& head, const at::Tensor& x, bool keep) {
    at::Tensor z = convolve_last(fused_ops, head, x);
    at::Tensor logits = fused_ops.head_forward(z, weights_of(head));
    if (keep) head.z = z;
    return logits;
}

at::Tensor head_backward(FusedOps& fused_ops, Head& head, at::Tensor x,
                         const at::Tensor& logits_gradient, bool needed) {
    const Convolution& last = head.last;
    const bool with_input = needed || last.trainable();
    const at::Tensor dz =
        fused_ops.head_backward(std::move(head.z), logits_gradient, weights_of(head), with_input);
    if (!with_input) return {};
    RECORD_USER_SCOPE("msunet::convolution_backward");
    return fused_ops.last_convolution_backward(std::move(x), dz, last.kernel, last.kernel_gradient,
                                               needed);
}

}  // namespace msunet::model

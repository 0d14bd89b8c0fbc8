// SPDX-License-Identifier: Apache-2.0
#include "msunet/model/fused_ops.hpp"

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

at::Tensor FusedOps::widened_kernel(const at::Tensor& kernel, at::ScalarType type) {
    return aten_widened_kernel(kernel).to(type);
}

void FusedOps::narrow_gradient(const at::Tensor& widened, const at::Tensor& kernel_gradient) {
    aten_narrow_gradient(widened, kernel_gradient);
}

}  // namespace msunet::model

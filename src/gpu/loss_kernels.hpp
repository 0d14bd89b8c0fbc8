// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>

#include "gpu/kernel_launcher.hpp"
#include "msunet/model/objective.hpp"

namespace msunet::gpu {

/// model::Objective::evaluate by our own kernels: one, and another one for Dice's gradient.
class LossKernels {
public:
    /// On the current stream of `device`.
    LossKernels(std::shared_ptr<const KernelLauncher> kernels, model::SigmoidLoss loss,
                at::Device device);

    /// Logits and targets (N,H,W), weights (N), in master precision; N > 0. Writes `sums` (5)
    /// float64. Returns the gradient by the logits, undefined unless `with_gradient`.
    [[nodiscard]] at::Tensor evaluate(const at::Tensor& logits, const at::Tensor& targets,
                                      const at::Tensor& weights, std::int64_t global_samples,
                                      const at::Tensor& sums, bool with_gradient) const;

private:
    std::shared_ptr<const KernelLauncher> kernels_;
    model::SigmoidLoss loss_;
    at::Tensor counter_;  ///< (1) int32, 0 between kernels
};

}  // namespace msunet::gpu

// SPDX-License-Identifier: Apache-2.0
#include "gpu/loss_kernels.hpp"

#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <utility>

#include "gpu/launch_arguments.hpp"

namespace msunet::gpu {
namespace {

/// A thread adds up about so many pixels.
constexpr std::int64_t pixels_of_thread = 8;
/// A thread computes the gradient of about so many.
constexpr std::int64_t pixels_of_gradient = 4;
/// Blocks of a sample, at most: the last block adds up those of all.
constexpr std::int64_t most_parts = 32;

LossKind kind_of(model::SigmoidLoss loss) {
    switch (loss) {
        case model::SigmoidLoss::dice:
            return LossKind::dice;
        case model::SigmoidLoss::binary_crossentropy:
            return LossKind::binary_crossentropy;
        case model::SigmoidLoss::binary_focal_crossentropy:
            break;
    }
    return LossKind::binary_focal_crossentropy;
}

}  // namespace

LossKernels::LossKernels(std::shared_ptr<const KernelLauncher> kernels, model::SigmoidLoss loss,
                         at::Device device)
    : kernels_(std::move(kernels)),
      loss_(loss),
      counter_(at::zeros({1}, at::TensorOptions(device).dtype(at::kInt))) {}

at::Tensor LossKernels::evaluate(const at::Tensor& logits, const at::Tensor& targets,
                                 const at::Tensor& weights, std::int64_t global_samples,
                                 const at::Tensor& sums, bool with_gradient) const {
    const std::int64_t samples = logits.size(0), pixels = logits.size(1) * logits.size(2);
    const std::int64_t of_block = block_size * pixels_of_thread;
    const auto parts = std::clamp<std::int64_t>((pixels + of_block - 1) / of_block, 1, most_parts);
    const at::Tensor partial = at::empty({samples * parts * loss_sums}, sums.options());
    const bool is_dice = loss_ == model::SigmoidLoss::dice;
    at::Tensor gradient, slopes;
    if (with_gradient) gradient = at::empty_like(logits);
    if (with_gradient && is_dice) slopes = at::empty({samples, 2}, logits.options());
    kernels_->launch(EvaluateLoss{.kind = kind_of(loss_),
                                  .logits = pointer<void>(logits),
                                  .targets = pointer<void>(targets),
                                  .weights = pointer<void>(weights),
                                  .samples = static_cast<int>(samples),
                                  .pixels = static_cast<int>(pixels),
                                  .parts = static_cast<int>(parts),
                                  .global = static_cast<double>(global_samples),
                                  .scratch = {pointer<void>(partial), pointer<unsigned>(counter_)},
                                  .sums = sums.mutable_data_ptr<double>(),
                                  .gradient = is_dice ? nullptr : pointer<void>(gradient),
                                  .slopes = pointer<void>(slopes)},
                     {samples * parts});
    if (with_gradient && is_dice) {
        kernels_->launch(
            DiceGradient{.logits = pointer<void>(logits),
                         .targets = pointer<void>(targets),
                         .slopes = pointer<void>(slopes),
                         .samples = static_cast<int>(samples),
                         .pixels = static_cast<int>(pixels),
                         .gradient = pointer<void>(gradient)},
            Grid::of_threads((samples * pixels + pixels_of_gradient - 1) / pixels_of_gradient));
    }
    return gradient;
}

}  // namespace msunet::gpu

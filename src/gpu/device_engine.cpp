// SPDX-License-Identifier: Apache-2.0
#include "gpu/device_engine.hpp"

#include <ATen/ops/zeros.h>
#include <ATen/record_function.h>

#include <utility>

#include "gpu/adam.hpp"
#include "gpu/cuda_fused_ops.hpp"
#include "msunet/core/fault.hpp"

namespace msunet::gpu {

using train::BatchPart;
using train::StepOutcome;

DeviceEngine::DeviceEngine(const train::EngineSpec& spec,
                           std::shared_ptr<const KernelLauncher> kernels,
                           std::shared_ptr<const DeviceSlices> slices, at::Device device,
                           void* stream)
    : DeviceEngine(spec, std::move(kernels), std::move(slices), device, stream,
                   at::zeros({1}, at::TensorOptions(device).dtype(at::kInt))) {}

DeviceEngine::DeviceEngine(const train::EngineSpec& spec,
                           std::shared_ptr<const KernelLauncher> kernels,
                           std::shared_ptr<const DeviceSlices> slices, at::Device device,
                           void* stream, at::Tensor step)
    : NetworkEngine(spec, device, make_cuda_fused_ops(kernels, device, step), stream),
      step_(std::move(step)),
      kernels_(kernels),
      batches_(spec, std::move(kernels), std::move(slices), device) {
    if (const auto loss = objective().sigmoid_loss()) loss_.emplace(kernels_, *loss, device);
}

StepOutcome DeviceEngine::train(const BatchPart& part, std::int64_t step, double lr,
                                std::int64_t status) {
    begin(status);
    guarded([&] {
        core::fault_point("train.step");
        batches_.choose_training(part);
        step_.fill_(step);
        optimizer().prepare(lr);
    });
    const auto samples = part.samples.size();
    run({true, static_cast<std::int64_t>(samples), part.first, part.global}, status, [&] {
        guarded([&] { differentiate(cut_chosen(samples), part, step); });
        reduce_gradients();
        collectives().sum_last(sums());
        // If a rank has failed, the trial ends and these weights are discarded.
        guarded([&] { update(); });
    });
    return outcome();
}

void DeviceEngine::update() {
    if (const auto adam = optimizer().adam_update()) {
        return update_by_adam(*kernels_, *adam, network().value_copies());
    }
    optimizer().apply();
    network().update_copies();
}

StepOutcome DeviceEngine::evaluate(const BatchPart& part, std::int64_t status) {
    begin(status);
    guarded([&] { batches_.choose(part.samples); });
    const auto samples = part.samples.size();
    run({false, static_cast<std::int64_t>(samples), part.first, part.global}, status, [&] {
        guarded([&] {
            if (samples > 0) score(cut_chosen(samples), part);
        });
        collectives().sum_last(sums());
    });
    return outcome();
}

at::Tensor DeviceEngine::compare(const at::Tensor& logits, const Batch& batch, std::int64_t global,
                                 bool with_gradient) {
    if (!loss_ || logits.size(0) == 0) {
        return NetworkEngine::compare(logits, batch, global, with_gradient);
    }
    RECORD_USER_SCOPE("msunet::loss");
    return loss_->evaluate(logits, batch.y, batch.weights, global, sums(), with_gradient);
}

train::NetworkEngine::Batch DeviceEngine::cut(std::span<const std::uint32_t> samples) {
    batches_.choose(samples);
    return cut_chosen(samples.size());
}

train::NetworkEngine::Batch DeviceEngine::cut_chosen(std::size_t samples) {
    const auto count = static_cast<std::int64_t>(samples);
    batches_.cut(count);
    const auto type = master().dtype();
    return {batches_.x(count).to(type), batches_.y(count).to(type),
            batches_.weights(count).to(type)};
}

}  // namespace msunet::gpu

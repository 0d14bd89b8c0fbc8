// SPDX-License-Identifier: Apache-2.0
/// \file
/// The steps of an engine on a GPU, without CUDA's runtime, so that tests run them on the host.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>

#include "gpu/batches.hpp"
#include "gpu/kernel_launcher.hpp"
#include "gpu/loss_kernels.hpp"
#include "msunet/train/network_engine.hpp"

namespace msunet::gpu {

/// Base of engines with the GPU's kernels. The host prepares a step; what then runs on the device
/// reads nothing else from the host, so that it can be captured and replayed.
class DeviceEngine : public train::NetworkEngine {
public:
    train::StepOutcome train(const train::BatchPart& part, std::int64_t step, double lr,
                             std::int64_t status) final;
    train::StepOutcome evaluate(const train::BatchPart& part, std::int64_t status) final;

protected:
    /// What is fixed in a captured step.
    struct Shape {
        bool training;
        std::int64_t samples, first, global;
        auto operator<=>(const Shape&) const = default;
    };

    /// `slices`: see Batches. `stream`: what the reducer takes with memory of `device`.
    DeviceEngine(const train::EngineSpec& spec, std::shared_ptr<const KernelLauncher> kernels,
                 std::shared_ptr<const DeviceSlices> slices, at::Device device, void* stream);

    /// Runs the device's part of a step, which is collective over the group.
    virtual void run(const Shape& shape, std::int64_t status,
                     const std::function<void()>& part) = 0;

private:
    DeviceEngine(const train::EngineSpec& spec, std::shared_ptr<const KernelLauncher> kernels,
                 std::shared_ptr<const DeviceSlices> slices, at::Device device, void* stream,
                 at::Tensor step);

    Batch cut(std::span<const std::uint32_t> samples) final;
    at::Tensor compare(const at::Tensor& logits, const Batch& batch, std::int64_t global,
                       bool with_gradient) final;
    /// Of the first `samples` that were chosen.
    Batch cut_chosen(std::size_t samples);
    /// Updates the values, and the copies that the network reads.
    void update();

    at::Tensor step_;  ///< (1) int32 on the device: the number of the current step
    std::shared_ptr<const KernelLauncher> kernels_;
    std::optional<LossKernels> loss_;  ///< nothing: by libtorch's operators
    Batches batches_;
};

}  // namespace msunet::gpu

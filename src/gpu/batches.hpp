// SPDX-License-Identifier: Apache-2.0
/// \file
/// Batches in device memory, cut from slices in device memory.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <span>

#include "gpu/kernel_launcher.hpp"
#include "msunet/data/dataset.hpp"
#include "msunet/train/step_engine.hpp"

namespace msunet::gpu {

/// The slices and masks of a data set in the memory of a device.
struct DeviceSlices {
    at::Tensor voxels;  ///< float32
    at::Tensor masks;   ///< uint8
};

/// Copies a data set to `device`.
[[nodiscard]] std::shared_ptr<const DeviceSlices> upload(const data::Dataset& dataset,
                                                         at::Device device);

/// Batches of one trial, in buffers at fixed addresses, as captured steps need.
class Batches {
public:
    /// Without `slices`, batches are cut on the host and copied; so are those of training steps
    /// that are augmented. References outlive the object.
    Batches(const train::EngineSpec& spec, std::shared_ptr<const KernelLauncher> kernels,
            std::shared_ptr<const DeviceSlices> slices, at::Device device);

    /// The host's part: chooses the samples of the next `cut`, at most a batch.
    void choose(std::span<const std::uint32_t> samples);
    /// The same for a training step.
    void choose_training(const train::BatchPart& part);
    /// The device's part, on the current stream: cuts the first `samples` of those chosen. It reads
    /// no values of the host, so it can be captured.
    void cut(std::int64_t samples);

    /// The results of `cut` in float32: images and masks (samples, height, width), weights
    /// (samples).
    [[nodiscard]] at::Tensor x(std::int64_t samples) const { return x_.narrow(0, 0, samples); }
    [[nodiscard]] at::Tensor y(std::int64_t samples) const { return y_.narrow(0, 0, samples); }
    [[nodiscard]] at::Tensor weights(std::int64_t samples) const {
        return weights_.narrow(0, 0, samples);
    }

private:
    /// Copies a batch whose images and masks `write` writes.
    template <class Write>
    void cut_on_host(std::span<const std::uint32_t> samples, const Write& write);

    const train::EngineSpec spec_;
    std::shared_ptr<const KernelLauncher> kernels_;
    std::shared_ptr<const DeviceSlices> slices_;
    bool on_host_ = false;  ///< the chosen samples are in `x_`, `y_` and `weights_` already
    at::Tensor windows_;    ///< a Window for each sample id, as bytes
    at::Tensor samples_;    ///< int32: the sample ids of the batch
    at::Tensor x_, y_, weights_;
    at::Tensor host_x_, host_y_, host_weights_;  ///< pinned
};

}  // namespace msunet::gpu

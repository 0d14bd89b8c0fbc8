// SPDX-License-Identifier: Apache-2.0
#pragma once

// Batches in device memory, cut out of slices that lie there too.

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <span>

#include "gpu/kernel_launcher.hpp"
#include "msunet/data/dataset.hpp"
#include "msunet/train/step_engine.hpp"

namespace msunet::gpu {

/// All slices and masks of a data set in one device's memory.
struct DeviceSlices {
    at::Tensor voxels;  ///< float32
    at::Tensor masks;   ///< uint8
};

/// A copy on `device`.
std::shared_ptr<const DeviceSlices> upload(const data::Dataset& dataset, at::Device device);

/// Batches of one trial, in buffers that stay where they are, so that a captured step finds them.
class Batches {
public:
    /// `slices` null: batches are cut on the host and copied. References outlive the object.
    Batches(const train::EngineSpec& spec, std::shared_ptr<const KernelLauncher> kernels,
            std::shared_ptr<const DeviceSlices> slices, at::Device device);

    /// The host's part: chooses the samples of the next `cut`, at most a batch's.
    void choose(std::span<const std::uint32_t> samples);
    /// The device's part, on the current stream: the first `samples` of those chosen. It takes no
    /// values from the host, so that it may be captured.
    void cut(std::int64_t samples);

    /// What `cut` made, float32: (samples, height, width), the weights (samples).
    [[nodiscard]] at::Tensor x(std::int64_t samples) const { return x_.narrow(0, 0, samples); }
    [[nodiscard]] at::Tensor y(std::int64_t samples) const { return y_.narrow(0, 0, samples); }
    [[nodiscard]] at::Tensor weights(std::int64_t samples) const {
        return weights_.narrow(0, 0, samples);
    }

private:
    void cut_on_host(std::span<const std::uint32_t> samples);

    const data::Dataset& dataset_;
    const data::PatchIndex& index_;
    std::span<const float> sample_weights_;
    std::shared_ptr<const KernelLauncher> kernels_;
    std::shared_ptr<const DeviceSlices> slices_;
    at::Tensor windows_;  ///< bytes: Window by sample id
    at::Tensor samples_;  ///< int32: the batch's sample ids
    at::Tensor x_, y_, weights_;
    at::Tensor host_x_, host_y_, host_weights_;  ///< pinned
};

}  // namespace msunet::gpu

// SPDX-License-Identifier: Apache-2.0
/// \file
/// A network that predicts whole slices in overlapping windows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "msunet/core/named_array.hpp"
#include "msunet/data/patch_index.hpp"
#include "msunet/model/precision.hpp"
#include "msunet/predict/windows.hpp"
#include "msunet/unet/architecture.hpp"

namespace msunet::model {
class Network;
}

namespace msunet::predict {

/// How slices are shown to the network.
struct WindowOptions {
    data::PatchSpec patches;
    Combination combination = Combination::mean;
    /// Size of the model's input in pixels: windows are zero-padded to it at the bottom and right,
    /// a side that is longer to the next multiple of 32. 0: to the next multiple of 32.
    std::int64_t input_height = 0, input_width = 0;
    std::int64_t batch_size = 16;  ///< windows that pass the network together
};

/// One network in inference mode.
class SlicePredictor {
public:
    /// `final_activation`: a name that Keras knows. Throws core::UsageError for an unknown one.
    SlicePredictor(std::unique_ptr<model::Network> network, const std::string& final_activation);
    /// The same with a network on the CPU. `weights`: all tensors in the architecture's order.
    SlicePredictor(const unet::Architecture& architecture,
                   std::span<const core::NamedArray> weights, const std::string& final_activation,
                   model::Precision precision);
    ~SlicePredictor();
    SlicePredictor(SlicePredictor&&) noexcept;
    SlicePredictor& operator=(SlicePredictor&&) noexcept;

    /// Normalised slices (count, height, width), one after another → their likelihoods, of the same
    /// shape. `between_batches` is called after every batch.
    std::vector<float> predict(
        std::span<const float> slices, std::uint32_t height, std::uint32_t width,
        const WindowOptions& options, const std::function<void()>& between_batches = [] {});

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace msunet::predict

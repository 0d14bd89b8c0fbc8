// SPDX-License-Identifier: Apache-2.0
/// \file
/// The model that predicts: its file, its weights, and how its training prepared scans.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "msunet/comm/communicator.hpp"
#include "msunet/core/named_array.hpp"
#include "msunet/unet/architecture.hpp"

namespace msunet::weights {

/// Setting of the journal and attribute of a model: figures of the training scans, with which
/// prediction compares new ones.
inline constexpr const char* training_scans_setting = "training_scans";

/// A trained network as its file holds it.
struct TrainedModel {
    unet::Architecture architecture;
    std::vector<core::NamedArray> weights{};  ///< all tensors in the architecture's order
    std::string origin{};                     ///< the file, for messages
    std::string notice{};                     ///< about its layers; empty: none
    /// How scans became its input, option by option as text; empty if the file doesn't say.
    std::map<std::string, std::string> preprocessing{};
    std::string training_scans{};  ///< figures of the training scans; empty if the file has none
    std::optional<std::string> final_activation{};  ///< as a Keras model's JSON has it
    std::int64_t input_height = 0;                  ///< pixels; 0: any
    std::int64_t input_width = 0;
};

/// Reads and compares what `read_matched_model` does. Throws core::InputError that names the file.
TrainedModel read_trained_model(const unet::Architecture& architecture, const std::string& path);

/// Collective over `world`: rank 0's models on every rank, with weights, input size and training
/// scans. `architecture` is that of all models and the same on all ranks.
void share_trained_models(std::vector<TrainedModel>& models, const unet::Architecture& architecture,
                          const comm::Communicator& world);

}  // namespace msunet::weights

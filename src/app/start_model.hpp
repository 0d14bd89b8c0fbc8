// SPDX-License-Identifier: Apache-2.0
/// \file
/// The weights that every permutation starts from.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "msunet/comm/communicator.hpp"
#include "msunet/core/named_array.hpp"

namespace msunet::app {

/// Start weights and where they come from.
struct StartModel {
    std::vector<core::NamedArray> weights;  ///< all tensors in unet's order
    std::string origin;                     ///< "FILE" or "random, seed 1", for the start table
    std::string hash;                       ///< of the weights, hexadecimal: what a resume compares
};

/// Collective over `world`: the file of `-path`, else the default file if it exists, else weights
/// drawn from the seed (also for "random"), with a notice. Rank 0 reads, a child process first.
/// Throws core::InputError alike on all ranks.
StartModel load_start_model(const std::optional<std::string>& path, std::uint64_t seed,
                            const comm::Communicator& world);

/// Writes random weights as a Keras file of weights only.
void write_start_model(const std::filesystem::path& file, std::uint64_t seed);

}  // namespace msunet::app

// SPDX-License-Identifier: Apache-2.0
/// \file
/// The weights that every permutation starts from.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "msunet/comm/communicator.hpp"
#include "msunet/core/named_array.hpp"
#include "msunet/h5/keras_file.hpp"
#include "msunet/unet/architecture.hpp"

namespace msunet::weights {

/// A Keras file and its weights under the network's own names, in the architecture's order.
struct MatchedFile {
    std::vector<core::NamedArray> weights;
    h5::KerasFile file;
    /// Says which layers are named otherwise, without the file; empty where none is.
    std::string notice{};
};

/// Reads what `read_model_file` reads and matches it to the network; a model's configuration is
/// compared too (unet::differences_from). `kind` says in messages what the file is. Throws
/// core::InputError.
MatchedFile read_matched_model(const unet::Architecture& architecture,
                               const std::filesystem::path& file, std::string_view kind);

/// Collective over `world`: rank 0's weights, in the architecture's order, on every rank.
void broadcast_weights(const unet::Architecture& architecture,
                       std::vector<core::NamedArray>& weights, const comm::Communicator& world);

/// As a path of a start model: weights drawn from the seed.
inline constexpr const char* random_weights = "random";

/// The file of `-path`, else the default file if it exists; nothing: random weights.
std::optional<std::filesystem::path> start_model_file(const std::optional<std::string>& path);
/// Its path, else "random".
std::string start_model_name(const std::optional<std::string>& path);

/// Hash of the values of all tensors, hexadecimal.
[[nodiscard]] std::string hash_of(std::span<const core::NamedArray> weights);

/// Of the weights that `load_start_model` gives, on this rank alone. Throws core::InputError.
std::string start_weights_hash(const unet::Architecture& architecture,
                               const std::optional<std::string>& path, std::uint64_t seed);

/// Start weights and where they come from.
struct StartModel {
    unet::Architecture architecture;
    std::vector<core::NamedArray> weights{};  ///< all tensors in the architecture's order
    std::string origin{};                     ///< "FILE" or "random, seed 1", for the start table
    std::string hash{};  ///< of the weights, hexadecimal: what a resume compares
    /// Of the repeats after the first, drawn from the seeds that follow; empty where the weights
    /// are a file's.
    std::vector<std::vector<core::NamedArray>> of_repeats{};
    std::string notice{};  ///< on rank 0: a line to print once the input is known to be sound
};

/// Collective over `world`: the model of `-path`, else the default file if it exists, else weights
/// drawn from the seed (also for "random"). Rank 0 reads, a child process first. `repeats`: of a
/// cross-validation.
/// Throws core::InputError alike on all ranks.
StartModel load_start_model(const unet::Architecture& architecture,
                            const std::optional<std::string>& path, std::uint64_t seed,
                            const comm::Communicator& world, std::int64_t repeats = 1);

/// Writes random weights as a Keras file of weights only.
void write_start_model(const unet::Architecture& architecture, const std::filesystem::path& file,
                       std::uint64_t seed);

}  // namespace msunet::weights

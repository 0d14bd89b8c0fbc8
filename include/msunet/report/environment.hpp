// SPDX-License-Identifier: Apache-2.0
/// \file
/// environment.json and config.yaml of an experiment.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace msunet::report {

/// Where, how and with which versions one start of a sweep ran.
struct Environment {
    /// Library or program and its version, in the order in which they are written; nothing (null in
    /// the file) for what the sweep does not use.
    std::vector<std::pair<std::string, std::optional<std::string>>> versions;
    /// The command as it was typed.
    std::vector<std::string> command;
    struct Device {
        std::string name;
        std::string uuid;
        std::vector<std::int64_t> ranks;  ///< of the world, that train on it
    };
    struct Node {
        std::string host;
        int ranks = 0;
        int cores = 0;
        std::vector<Device> devices;
        std::string processor;  ///< and the vector instructions that training uses
    };
    std::vector<Node> nodes;
    int ranks = 1;
    int ranks_per_trial = 1;
    int threads = 1;
    std::string precision;
    std::uint64_t seed = 1;
    std::string slurm_job;
    /// Unix time of the start.
    double started_at = 0;
    /// Hash of the start model's weights.
    std::string start_weights_hash;
    /// Hash of the data set and of the configuration, as the journal has them.
    std::string data_hash;
    std::string config_hash;
};

/// The text of environment.json.
[[nodiscard]] std::string environment_json(const Environment& environment);

/// The part of it that no sweep decides: versions, command, machine.
[[nodiscard]] std::string machine_json(const Environment& environment);

/// Writes `<folder>/environment.json`.
void write_environment(const std::filesystem::path& folder, const Environment& environment);

/// Writes `<folder>/config.yaml` with the effective configuration's text.
void write_config(const std::filesystem::path& folder, const std::string& yaml);

}  // namespace msunet::report

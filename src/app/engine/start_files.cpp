// SPDX-License-Identifier: Apache-2.0
#include "start_files.hpp"

#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "../absolute_paths.hpp"
#include "../commands.hpp"
#include "msunet/core/fault.hpp"
#include "msunet/core/hash.hpp"
#include "msunet/core/named_enum.hpp"
#include "msunet/core/text.hpp"
#include "msunet/h5/library.hpp"
#include "msunet/report/environment.hpp"
#include "print_config.hpp"
#include "sweep_setup.hpp"
#include "versions.hpp"

namespace msunet::app {

namespace {

/// The command as it was typed, from the kernel.
std::vector<std::string> typed_command() {
    std::ifstream file("/proc/self/cmdline", std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    auto words = core::split(text, '\0');
    if (!words.empty() && words.back().empty()) words.pop_back();
    return words;
}

std::string config_hash(const record::Configuration& configuration) {
    core::Hasher hasher;
    for (const auto& setting : configuration) {
        if (setting.affects == core::Affects::run) continue;
        hasher.text(setting.name).text(setting.text);
    }
    return hasher.hex();
}

/// The settings with all values that this start has decided.
TrainSettings effective(TrainSettings settings, const record::SweepStart& start,
                        const std::filesystem::path& folder) {
    auto& experiment = settings.experiment;
    experiment.resume = {};
    experiment.extend = false;
    experiment.output_directory =
        folder.parent_path().empty() ? "." : folder.parent_path().string();
    settings = with_absolute_paths(std::move(settings));
    if (!settings.sweep.shard) experiment.experiment_name = start.experiment_name;
    settings.sweep.metric = start.metric;
    settings.train.threads = start.world.threads;
    settings.train.precision = core::value_named<model::Precision>(start.world.precision);
    return settings;
}

}  // namespace

std::vector<report::Environment::Node> environment_nodes(const std::vector<sweep::Node>& nodes,
                                                         const sweep::Placement& placement) {
    std::vector<report::Environment::Node> result;
    for (const auto& node : nodes) {
        auto& entry = result.emplace_back();
        entry.host = node.name;
        entry.ranks = static_cast<int>(node.ranks.size());
        entry.cores = static_cast<int>(node.cores);
        for (const auto& device : sweep::distinct_devices(node)) {
            entry.devices.push_back({device.name, device.uuid, {}});
            for (const auto rank : node.ranks) {
                const auto& slot = placement.slots[static_cast<std::size_t>(rank)];
                if (slot.uuid == device.uuid) entry.devices.back().ranks.push_back(rank);
            }
        }
    }
    return result;
}

void write_start_files(const std::filesystem::path& folder, const TrainSettings& settings,
                       const record::SweepStart& start, const std::vector<sweep::Node>& nodes,
                       const sweep::Placement& placement,
                       const std::optional<train::AcceleratorVersions>& accelerator) {
    core::fault_point("start_files");
    const auto weights_hash =
        record::setting(start.configuration, start_weights_setting).value_or("");
    report::write_config(folder,
                         settings_yaml(effective(settings, start, folder),
                                       {{"initial_model_path", weights_text(weights_hash)}}));
    report::Environment environment;
    environment.versions = {{"msunet", std::string(version())}, {"commit", std::string(commit())},
                            {"compiler", __VERSION__},          {"mpi", start.world.mpi},
                            {"libtorch", libtorch_version()},   {"itk", itk_version()},
                            {"onednn", onednn_version()},       {"mkl", mkl_version()},
                            {"boost", boost_version()},         {"glibc", glibc_version()},
                            {"hdf5", h5::library_version()}};
    environment.processor = processor();
    const auto add_version = [&](const char* name, auto member) {
        environment.versions.emplace_back(
            name, accelerator ? std::optional((*accelerator).*member) : std::nullopt);
    };
    add_version("cuda", &train::AcceleratorVersions::cuda);
    add_version("cudnn", &train::AcceleratorVersions::cudnn);
    add_version("nccl", &train::AcceleratorVersions::nccl);
    add_version("driver", &train::AcceleratorVersions::driver);
    environment.command = typed_command();
    environment.nodes = environment_nodes(nodes, placement);
    environment.ranks = static_cast<int>(start.world.ranks);
    environment.ranks_per_trial = static_cast<int>(start.world.group_size);
    environment.threads = static_cast<int>(start.world.threads);
    environment.precision = start.world.precision;
    environment.seed = static_cast<std::uint64_t>(settings.experiment.seed);
    environment.slurm_job = start.owner.slurm_job;
    environment.started_at = start.at;
    environment.start_weights_hash = weights_hash;
    environment.data_hash = start.data.hash;
    environment.config_hash = config_hash(start.configuration);
    report::write_environment(folder, environment);
}

}  // namespace msunet::app

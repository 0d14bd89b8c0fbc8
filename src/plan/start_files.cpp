// SPDX-License-Identifier: Apache-2.0
#include "msunet/plan/start_files.hpp"

#include <string>
#include <utility>
#include <vector>

#include "msunet/core/fault.hpp"
#include "msunet/core/hash.hpp"
#include "msunet/core/named_enum.hpp"
#include "msunet/core/text.hpp"
#include "msunet/device/environment.hpp"
#include "msunet/plan/sweep_setup.hpp"
#include "msunet/report/environment.hpp"
#include "msunet/settings/absolute_paths.hpp"

namespace msunet::plan {

namespace {

std::string config_hash(const record::Configuration& configuration) {
    core::Hasher hasher;
    for (const auto& setting : configuration) {
        if (setting.affects == core::Affects::run) continue;
        hasher.text(setting.name).text(setting.text);
    }
    return hasher.hex();
}

/// The settings with all values that this start has decided.
settings::TrainSettings effective(settings::TrainSettings settings, const record::SweepStart& start,
                                  const std::filesystem::path& folder) {
    auto& experiment = settings.experiment;
    experiment.resume = {};
    experiment.extend = false;
    experiment.output_directory =
        folder.parent_path().empty() ? "." : folder.parent_path().string();
    settings = settings::with_absolute_paths(std::move(settings));
    if (!settings.sweep.shard) experiment.experiment_name = start.experiment_name;
    settings.sweep.metric = start.metric;
    settings.train.threads = start.world.threads;
    settings.train.precision = core::value_named<core::Precision>(start.world.precision);
    return settings;
}

}  // namespace

std::string weights_text(const std::string& hash) {
    return core::concat("Hash of its weights: ", hash, ".");
}

void write_start_files(const std::filesystem::path& folder, const settings::TrainSettings& settings,
                       const record::SweepStart& start, const std::vector<sweep::Node>& nodes,
                       const sweep::Placement& placement, const device::Compute& compute) {
    core::fault_point("start_files");
    const auto weights_hash =
        record::setting(start.configuration, start_weights_setting).value_or("");
    report::write_config(
        folder, settings::settings_yaml(effective(settings, start, folder),
                                        {{"initial_model_path", weights_text(weights_hash)}}));
    auto environment = device::describe_environment(nodes, placement, compute);
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

}  // namespace msunet::plan

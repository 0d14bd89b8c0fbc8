// SPDX-License-Identifier: Apache-2.0
#include "sweep_setup.hpp"

#include <algorithm>
#include <filesystem>

#include "../useless_options.hpp"
#include "../world.hpp"
#include "msunet/core/hash.hpp"
#include "msunet/core/log.hpp"
#include "msunet/core/time.hpp"
#include "msunet/sweep/target.hpp"
#include "msunet/unet/step_values.hpp"
#include "training_scans.hpp"

namespace msunet::app {

namespace {

/// The folder of the cache; empty: none.
std::filesystem::path cache_folder(const TrainSettings& settings) {
    const auto& cache = settings.folders.cache;
    if (!cache) return {};
    if (!cache->empty()) return *cache;
    return std::filesystem::path(settings.experiment.output_directory) / ".msunet_cache";
}

std::string hash_of_input(const prepare::Prepared& prepared, const std::string& name) {
    const auto found =
        std::find_if(prepared.inputs.begin(), prepared.inputs.end(),
                     [&name](const prepare::InputFile& file) { return file.name == name; });
    return found == prepared.inputs.end() ? std::string() : found->hash;
}

/// Warnings about values of the grid that are allowed but rarely intended.
void warn_of_values(const record::GridLists& lists, std::vector<std::string>& warnings) {
    for (const auto& [name, values] : lists) {
        for (const auto& value : values) {
            for (auto& warning : unet::warnings_for(unet::from_permutation({{name, value}}))) {
                warnings.push_back(std::move(warning));
            }
        }
    }
}

}  // namespace

GridPlan plan_grid(const TrainSettings& settings) {
    GridPlan plan;
    plan.grid = std::make_unique<sweep::ParameterGrid>(grid_of(settings, plan.warnings));
    warn_of_values(plan.grid->lists(), plan.warnings);
    if (auto warning = rare_augmentation(settings.augment)) {
        plan.warnings.push_back(std::move(*warning));
    }
    plan.selection = sweep::select(
        *plan.grid, settings.sweep, static_cast<std::uint64_t>(settings.experiment.seed),
        unet::to_permutation(default_hyperparameters(settings)), unet::canonical_value);
    return plan;
}

prepare::Request data_request(const TrainSettings& settings, const record::GridLists& grid) {
    prepare::Request request;
    request.folders = settings.folders;
    request.preprocess = settings.preprocess;
    request.slices = settings.slices;
    request.augment = settings.augment;
    request.split = settings.split;
    request.patches = settings.patches;
    request.seed = static_cast<std::uint64_t>(settings.experiment.seed);
    request.cache_folder = cache_folder(settings);
    if (settings.patches.use_frac_patch) return request;
    const auto sizes = grid.find(std::string_view("patch_dimensions"));
    if (sizes == grid.end()) {
        request.patch_dimensions = {unet::Hyperparameters{}.patch_dimensions};
        return request;
    }
    for (const auto& size : sizes->second) {
        request.patch_dimensions.push_back(
            unet::from_permutation({{"patch_dimensions", size}}).patch_dimensions);
    }
    return request;
}

void warn_of_weights(const TrainSettings& settings, const record::GridLists& grid,
                     const prepare::Survey& survey) {
    std::vector<core::Modality> training;
    for (const auto& surveyed : survey.pairs) {
        if (!surveyed.pair.validation) training.push_back(surveyed.pair.modality);
    }
    for (const auto& warning : useless_weights(grid, default_hyperparameters(settings), training)) {
        core::log::warn(warning);
    }
}

std::int64_t threads_of_rank(const TrainSettings& settings, const std::vector<sweep::Node>& nodes,
                             const comm::NodeTopology& topology) {
    return sweep::threads_of_rank(nodes[static_cast<std::size_t>(topology.node_index())],
                                  settings.train.threads);
}

unet::Hyperparameters first_permutation(const GridPlan& plan,
                                        const unet::Hyperparameters& defaults) {
    return unet::from_permutation(plan.grid->permutation(plan.selection.trials.front()), defaults);
}

record::DataSummary summarise(const prepare::Prepared& prepared, const data::PatchIndex& index) {
    record::DataSummary summary;
    summary.hash = prepared.dataset.hash();
    for (const auto& surveyed : prepared.survey.pairs) {
        const auto& pair = surveyed.pair;
        core::Hasher hasher;
        hasher.text(hash_of_input(prepared, "data/" + pair.data))
            .text(hash_of_input(prepared, "masks/" + pair.mask));
        summary.pairs.push_back(
            {pair.data, pair.mask, hasher.hex(), pair.modality, pair.validation, 0});
    }
    for (const auto& slice : prepared.dataset.slices()) {
        const auto& source = prepared.dataset.source_of(slice);
        if (!source.augmented) ++summary.pairs[source.pair].slices;
    }
    summary.augmented_copies =
        std::ranges::count_if(prepared.dataset.sources(), &data::Source::augmented);
    summary.slices = static_cast<std::int64_t>(prepared.dataset.slices().size());
    summary.training_samples = static_cast<std::int64_t>(index.training().size());
    summary.validation_samples = static_cast<std::int64_t>(index.validation().size());
    summary.bytes = static_cast<std::int64_t>(prepared.dataset.bytes());
    summary.prepare_seconds = prepared.seconds;
    summary.from_cache = prepared.from_cache;
    return summary;
}

record::SweepStart sweep_start(const TrainSettings& settings, const GridPlan& plan,
                               const StartModel& start, const prepare::Prepared& prepared,
                               record::DataSummary data, bool has_validation) {
    record::SweepStart first;
    first.configuration = configuration_of(settings);
    // The path of the start model may change between starts, its weights may not.
    first.configuration.push_back({"start_weights", start.hash, core::Affects::result});
    // For the model's file, in which prediction compares new scans with them.
    first.configuration.push_back(
        {"training_scans", training_scans_text(prepared.survey), core::Affects::run});
    for (auto& setting : first.configuration) {
        if (setting.name == "initial_model_path") setting.affects = core::Affects::run;
    }
    first.data = std::move(data);
    first.grid = plan.grid->lists();
    first.trials = plan.selection.trials;
    first.metric = sweep::resolve_metric(settings.sweep.metric, has_validation);
    if (settings.sweep.shard) first.shard = sweep::to_text(*settings.sweep.shard);
    first.owner = this_owner();
    first.at = core::unix_now();
    return first;
}

}  // namespace msunet::app

// SPDX-License-Identifier: Apache-2.0
#include "msunet/plan/sweep_setup.hpp"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <map>
#include <optional>

#include "msunet/core/error.hpp"
#include "msunet/core/hash.hpp"
#include "msunet/core/log.hpp"
#include "msunet/core/text.hpp"
#include "msunet/core/time.hpp"
#include "msunet/job/world.hpp"
#include "msunet/plan/fold_setup.hpp"
#include "msunet/predict/training_scans_text.hpp"
#include "msunet/settings/absolute_paths.hpp"
#include "msunet/settings/model_attributes.hpp"
#include "msunet/settings/useless_options.hpp"
#include "msunet/sweep/trainings.hpp"
#include "msunet/unet/step_values.hpp"
#include "msunet/weights/trained_model.hpp"

namespace msunet::plan {

namespace {

/// The folder of the cache; empty: none.
std::filesystem::path cache_folder(const settings::TrainSettings& settings) {
    const auto& cache = settings.folders.cache;
    return cache ? std::filesystem::path(*cache) : std::filesystem::path();
}

std::string hash_of_input(const std::vector<prepare::InputFile>& inputs, const std::string& name) {
    const auto found = std::ranges::find(inputs, name, &prepare::InputFile::name);
    return found == inputs.end() ? std::string() : found->hash;
}

/// Warnings about values of the grid that are allowed but rarely intended; of a distribution's
/// values about the first.
void warn_of_values(const GridPlan& plan, std::vector<std::string>& warnings) {
    for (const auto& [name, values] : plan.grid->lists()) {
        const auto before = warnings.size();
        for (const auto& value : values) {
            if (plan.distributions.contains(name) && warnings.size() > before) break;
            for (auto& warning : unet::warnings_for(unet::from_permutation({{name, value}}))) {
                warnings.push_back(std::move(warning));
            }
        }
    }
}

/// Throws core::UsageError where a permutation that may be tried is `pca_only`.
void refuse_pca(const GridPlan& plan, const unet::Hyperparameters& defaults,
                const core::Problem& why) {
    const auto check = [&](const core::Permutation& permutation) {
        if (unet::from_permutation(permutation, defaults).pca_only) throw core::UsageError(why);
    };
    for (const auto index : plan.selection.trials) check(plan.grid->permutation(index));
    if (plan.selection.rounds == 0 || !plan.grid->lists().contains("pca_only")) return;
    // Any of its values may be suggested.
    for (const auto& value : plan.grid->lists().at("pca_only")) check({{"pca_only", value}});
}

/// Throws core::UsageError where the permutations can't be trained on folds.
void check_folds(const settings::TrainSettings& settings, const GridPlan& plan) {
    const auto& folding = plan.folding;
    if (!folding.any()) return;
    const auto permutations = plan.selection.count();
    const auto most_repeats = sweep::selection_limit / folding.folds;
    const auto most =
        folding.repeats > most_repeats ? 0 : sweep::selection_limit / folding.trials();
    constexpr auto largest_id = std::uint64_t{1} << 63U;
    if (permutations > most || plan.grid->size() > largest_id / folding.trials()) {
        throw core::UsageError(
            {.option = "--folds",
             .got = std::to_string(folding.folds),
             .problem = core::concat("and --repeats ", folding.repeats, " of ",
                                     core::thousands(static_cast<std::int64_t>(permutations)),
                                     " permutations are more trials than a sweep has"),
             .why = core::thousands(static_cast<std::int64_t>(sweep::selection_limit)),
             .advice = "give fewer, or fewer permutations"});
    }
    refuse_pca(plan, settings::default_hyperparameters(settings),
               {.option = "--folds",
                .key = "pca_only",
                .problem = "and pca_only can't be combined",
                .why = "a PCA has no metrics to average",
                .advice = "remove one of the two"});
}

}  // namespace

std::optional<std::string> training_key(const settings::TrainSettings& settings,
                                        const unet::Hyperparameters& values,
                                        const record::Folding& folding, record::TrialId trial) {
    if (values.pca_only) return std::nullopt;
    return unet::training_values(values, !settings.patches.use_frac_patch) +
           record::fold_text(folding, trial);
}

std::vector<std::vector<record::TrialId>> shared_trainings(
    const settings::TrainSettings& settings, const std::vector<record::TrialId>& ids,
    const std::function<core::Permutation(record::TrialId)>& permutation) {
    if (!settings.sweep.share_prefixes || ids.size() < 2) return {};
    const auto defaults = settings::default_hyperparameters(settings);
    return sweep::shared_trainings(ids, [&](record::TrialId id) {
        return training_key(settings, unet::from_permutation(permutation(id), defaults), {}, id);
    });
}

std::string sharing_text(const settings::TrainSettings& settings, const record::SweepStart& start) {
    if (start.shared.empty()) return {};
    const auto defaults = settings::default_hyperparameters(settings);
    const auto joined = start.shared_trainings();
    std::map<record::TrialId, std::int64_t> epochs;  // of each training
    std::int64_t alone = 0;
    for (const auto trial : start.trials) {
        const auto values = unet::from_permutation(start.permutation(trial), defaults);
        const auto found = joined.find(trial);
        auto& longest = epochs[found == joined.end() ? trial : found->second];
        if (values.pca_only) continue;
        alone += values.epochs;
        longest = std::max(longest, values.epochs);
    }
    std::int64_t together = 0;
    for (const auto& entry : epochs) together += entry.second;
    const auto count = [](auto number) {
        return core::thousands(static_cast<std::int64_t>(number));
    };
    return core::concat(count(start.trials.size()),
                        start.folding.any() ? " trials, " : " permutations, ", count(epochs.size()),
                        epochs.size() == 1 ? " training, " : " trainings, ", count(together),
                        " epochs instead of ", count(alone));
}

GridPlan plan_grid(const settings::TrainSettings& settings) {
    GridPlan plan;
    auto drawn = settings::grid_of(settings, plan.warnings);
    plan.distributions = std::move(drawn.texts);
    plan.grid = std::make_unique<sweep::ParameterGrid>(std::move(drawn.lists));
    std::ranges::move(settings::useless_search(settings.sweep), std::back_inserter(plan.warnings));
    warn_of_values(plan, plan.warnings);
    if (auto warning = settings::rare_augmentation(settings.augment)) {
        plan.warnings.push_back(std::move(*warning));
    }
    plan.selection = sweep::select(
        *plan.grid, settings.sweep, static_cast<std::uint64_t>(settings.experiment.seed),
        unet::to_permutation(settings::default_hyperparameters(settings)), unet::canonical_value,
        drawn.trials);
    plan.folding = folding_of(settings);
    check_folds(settings, plan);
    // A suggestion can't join a training that has begun.
    if (plan.selection.rounds == 0) {
        plan.shared =
            shared_trainings(settings, plan.selection.trials,
                             [&plan](record::TrialId id) { return plan.grid->permutation(id); });
    }
    return plan;
}

sweep::Accepts accepted_permutations(const settings::TrainSettings& settings,
                                     const sweep::ParameterGrid& grid) {
    return sweep::accepted_by(settings.sweep, grid,
                              unet::to_permutation(settings::default_hyperparameters(settings)),
                              unet::canonical_value);
}

prepare::Request data_request(const settings::TrainSettings& settings,
                              const record::GridLists& grid) {
    prepare::Request request;
    request.folders = settings.folders;
    request.preprocess = settings.preprocess;
    request.slices = settings.slices;
    request.augment = settings.augment;
    request.split = settings.split;
    // All scans are augmented, and the data set is the same for any number of folds.
    if (settings.split.folds) request.split.validation_split = 0;
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

void warn_of_weights(const settings::TrainSettings& settings, const record::GridLists& grid,
                     const prepare::Survey& survey) {
    std::vector<core::Modality> training;
    for (const auto& surveyed : survey.pairs) {
        if (!surveyed.pair.validation) training.push_back(surveyed.pair.modality);
    }
    for (const auto& warning :
         settings::useless_weights(grid, settings::default_hyperparameters(settings), training)) {
        core::log::warn(warning);
    }
}

std::int64_t threads_of_rank(const settings::TrainSettings& settings,
                             const std::vector<sweep::Node>& nodes,
                             const comm::NodeTopology& topology) {
    return sweep::threads_of_rank(nodes[static_cast<std::size_t>(topology.node_index())],
                                  settings.train.threads);
}

unet::Hyperparameters first_permutation(const GridPlan& plan,
                                        const unet::Hyperparameters& defaults) {
    return unet::from_permutation(plan.grid->permutation(plan.selection.trials.front()), defaults);
}

record::DataSummary summarise(const prepare::CheckedInput& input) {
    record::DataSummary summary;
    for (const auto& surveyed : input.survey.pairs) {
        const auto& pair = surveyed.pair;
        core::Hasher hasher;
        hasher.text(hash_of_input(input.inputs, "data/" + pair.data))
            .text(hash_of_input(input.inputs, "masks/" + pair.mask));
        summary.pairs.push_back({.data = pair.data,
                                 .mask = pair.mask,
                                 .hash = hasher.hex(),
                                 .modality = pair.modality,
                                 .validation = pair.validation,
                                 .subject = pair.subject});
    }
    return summary;
}

record::DataSummary summarise(const prepare::Prepared& prepared, const data::PatchIndex& index) {
    auto summary = summarise({.survey = prepared.survey, .inputs = prepared.inputs});
    summary.hash = prepared.dataset.hash();
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

record::SweepStart sweep_start(const settings::TrainSettings& settings, const GridPlan& plan,
                               const weights::StartModel& start, const prepare::Survey& survey,
                               record::DataSummary data, const sweep::DataParts& parts) {
    record::SweepStart first;
    first.configuration = settings::configuration_of(settings::with_absolute_paths(settings));
    first.configuration.push_back({start_weights_setting, start.hash, core::Affects::result});
    // For the model's file, in which prediction compares new scans with them.
    first.configuration.push_back({weights::training_scans_setting,
                                   predict::training_scans_text(survey), core::Affects::run});
    first.metric = sweep::resolve_metric(settings.sweep.metric, parts);
    for (auto& setting : first.configuration) {
        if (setting.name == "initial_model_path") setting.affects = core::Affects::run;
        if (setting.name == "metric") setting.text = first.metric;
        if (setting.name == "sampler") {
            setting.text = core::name_of(sweep::sampler_of(settings.sweep));
        }
        if (setting.name == "random_method") {
            setting.text = core::name_of(sweep::method_of(settings.sweep));
        }
    }
    first.data = std::move(data);
    first.grid = plan.grid->lists();
    first.trials = record::trials_of_permutations(plan.folding, plan.selection.trials);
    first.folding = plan.folding;
    first.shared = record::shared_by_fold(plan.folding, plan.shared);
    first.rounds = plan.selection.rounds * plan.folding.trials();
    if (settings.sweep.shard) first.shard = sweep::to_text(*settings.sweep.shard);
    first.owner = job::this_owner();
    first.at = core::unix_now();
    return first;
}

void check_needs(const settings::TrainSettings& settings, const GridPlan& plan,
                 const sweep::DataParts& parts) {
    if (parts.has_validation()) return;
    const auto defaults = settings::default_hyperparameters(settings);
    if (!plan.grid->lists().contains("pca_only") && !defaults.pca_only) return;
    refuse_pca(plan, defaults,
               {.key = "pca_only",
                .problem = "needs validation data and there is none",
                .advice = "raise --validation_split"});
}

}  // namespace msunet::plan

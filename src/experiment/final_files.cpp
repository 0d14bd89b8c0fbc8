// SPDX-License-Identifier: Apache-2.0
#include "msunet/experiment/final_files.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <span>
#include <string_view>
#include <system_error>
#include <tuple>

#include "msunet/core/error.hpp"
#include "msunet/core/fault.hpp"
#include "msunet/core/file.hpp"
#include "msunet/core/log.hpp"
#include "msunet/core/text.hpp"
#include "msunet/h5/keras_file.hpp"
#include "msunet/h5/start_model.hpp"
#include "msunet/record/by_permutation.hpp"
#include "msunet/report/deploy.hpp"
#include "msunet/report/html.hpp"
#include "msunet/report/results.hpp"
#include "msunet/report/sweep.hpp"
#include "msunet/settings/model_attributes.hpp"
#include "msunet/weights/ensemble.hpp"

namespace msunet::experiment {

namespace fs = std::filesystem;
using core::concat;

std::vector<core::NamedArray> read_trial_weights(const unet::Architecture& architecture,
                                                 const fs::path& folder,
                                                 const record::TrialResult& result) {
    const auto file = folder / result.weights_file;
    return h5::match_start_model(h5::read_keras_file(file), architecture.tensor_shapes(), file)
        .weights;
}

namespace {

void add_models(const unet::Architecture& architecture, const fs::path& folder,
                const record::SweepRecord& record, const report::Sweep& sweep, std::size_t best,
                const RefitState& refit, NamedFiles& files) {
    const record::TrialResult& result = sweep.trials[best];
    const auto trials = record::trial_results(record, result.trial);
    const auto missing = std::ranges::find_if(
        trials, [&](const auto* trial) { return !report::has_weights(folder, *trial); });
    if (missing == trials.end()) {
        auto models = write_models(architecture, folder, record, sweep, refit);
        std::ranges::move(models, std::back_inserter(files));
        return;
    }
    // Tables and page need no weights: without them they are written all the same.
    core::log::warn(concat(
        "archive and best_model.hdf5 stay as they are: ",
        core::quoted((folder / (*missing)->weights_file).string()), " is missing (the weights of ",
        report::noun_of(sweep), " ", result.trial, ", the best by ", sweep.metric,
        "), restore it if it was kept, else train again with --resume never --keep_models "
        "all"));
}

report::TrainedModel exported_model(const unet::Architecture& architecture,
                                    std::span<const core::NamedArray> weights,
                                    const record::SweepRecord& record, const report::Sweep& sweep,
                                    const record::TrialResult& result) {
    report::TrainedModel model{.architecture = architecture, .weights = weights};
    model.hyperparameters =
        unet::from_permutation(result.permutation, unet::from_permutation(sweep.defaults));
    std::tie(model.height, model.width) = settings::sides_of(result.patch_size);
    model.preprocessing = settings::model_attributes(record.start.configuration,
                                                     model.hyperparameters, result.patch_size);
    return model;
}

/// The models of a permutation's trials, in place of those of an earlier best one.
void write_fold_models(const unet::Architecture& architecture, const fs::path& folder,
                       const record::SweepRecord& record, const report::Sweep& sweep,
                       record::TrialId permutation) {
    const auto inner = folder / weights::fold_models_folder;
    core::make_directories(inner);
    std::set<fs::path> written;
    for (const auto* trial : record::trial_results(record, permutation)) {
        const auto weights = read_trial_weights(architecture, folder, *trial);
        const auto file = inner / (report::fold_name(record.start.folding, trial->trial) + ".hdf5");
        report::write_model(file, exported_model(architecture, weights, record, sweep, *trial));
        written.insert(file);
    }
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(inner)) {
        const bool ours = entry.path().extension() == ".hdf5" &&
                          entry.path().filename().string().starts_with("permutation");
        if (ours && !written.contains(entry.path())) fs::remove(entry.path(), ignored);
    }
}

}  // namespace

NamedFiles write_models(const unet::Architecture& architecture, const fs::path& folder,
                        const record::SweepRecord& record, const report::Sweep& sweep,
                        const RefitState& refit) {
    const record::TrialResult& best = sweep.trials[report::best_trial(sweep).value()];
    const record::TrialResult* const on_all = refit.result_for(best.trial);
    const auto weights = on_all != nullptr
                             ? read_trial_weights(architecture, folder / refit_folder, *on_all)
                             : read_trial_weights(architecture, folder, best);
    const auto model = exported_model(architecture, weights, record, sweep, best);
    auto archive = report::write_deploy_archive(folder, sweep, model).filename().string();
    auto keras = report::write_best_model(folder, model).filename().string();
    const bool folds = record.start.folding.any();
    const auto noun = report::noun_of(sweep);
    const auto which = sweep.chosen ? concat(noun, " ", best.trial) : concat("the best ", noun);
    const auto of_fold = concat("the model of the best fold of ", which);
    const std::string_view refitted = on_all != nullptr ? ", trained on all scans," : "";
    const bool has_no_refit = folds && on_all == nullptr;
    NamedFiles files{{std::move(archive),
                      concat(has_no_refit ? of_fold : which, refitted, " for talos.Restore")},
                     {std::move(keras), concat(has_no_refit   ? of_fold
                                               : sweep.chosen ? concat("the model of ", which)
                                                              : "the best model",
                                               refitted, " for Keras")}};
    if (folds) {
        write_fold_models(architecture, folder, record, sweep, best.trial);
        files.emplace_back(concat(weights::fold_models_folder, "/"),
                           "the models of all its folds, for msunet predict --ensemble True");
    }
    return files;
}

NamedFiles write_final_files(const unet::Architecture& architecture, const fs::path& folder,
                             const record::SweepRecord& record, const RefitState& refit) {
    core::fault_point("final_files");
    const auto sweep = report::make_sweep(record);
    const auto names = report::write_results(folder, sweep);
    const auto noun = report::noun_of(sweep);
    NamedFiles files{
        {names.summary, concat("results, one row per ", noun)},
        {"permutations.csv", concat("values, state and files of every ", noun,
                                    record.unfinished() > 0 ? " that has ended" : "")}};
    if (sweep.folding.any()) files.emplace_back("folds.csv", "results, one row per trial");
    const auto failed =
        std::ranges::count(sweep.trials, record::TrialState::failed, &record::TrialResult::state);
    if (failed > 0) files.emplace_back("failures.csv", concat("which ", noun, "s failed, and why"));
    if (const auto row = report::best_trial(sweep)) {
        add_models(architecture, folder, record, sweep, *row, refit, files);
    }
    if (report::lacks_folds(sweep)) {
        core::log::warn(concat("there is no model: ", report::missing_model_text(sweep),
                               ", a start with another limit or without one trains the rest"));
    } else if (report::lacks_model(sweep) && failed > 0) {
        core::log::error(
            concat("there is no model to deliver: no ", noun, " gave one (failures.csv says why)"));
    } else if (report::lacks_model(sweep)) {
        // Where the sweep is complete, no later start trains more.
        core::log::warn(concat("there is no model: no trial was trained to its end",
                               record.unfinished() == 0
                                   ? ", start another search with a larger --strategy_budget"
                                   : ""));
    }
    report::write_report(folder, record, refit_note(refit));
    files.emplace_back("report.html", "the whole sweep, for a browser");
    return files;
}

core::ExitCode exit_code_of(const record::SweepRecord& record, const RefitState& refit) {
    const bool failed = refit.stage == RefitStage::failed ||
                        std::ranges::any_of(record.results(), [](const auto* result) {
                            return result->state == record::TrialState::failed;
                        });
    return failed ? core::ExitCode::trials_failed : core::ExitCode::ok;
}

void warn_of_failure(const RefitState& refit) {
    if (refit.stage != RefitStage::failed) return;
    core::log::warn(concat("the refit ", refit_text(refit)));
}

}  // namespace msunet::experiment

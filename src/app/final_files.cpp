// SPDX-License-Identifier: Apache-2.0
#include "final_files.hpp"

#include <algorithm>
#include <iterator>
#include <tuple>

#include "model_attributes.hpp"
#include "msunet/core/error.hpp"
#include "msunet/core/fault.hpp"
#include "msunet/core/log.hpp"
#include "msunet/core/text.hpp"
#include "msunet/h5/keras_file.hpp"
#include "msunet/h5/start_model.hpp"
#include "msunet/report/deploy.hpp"
#include "msunet/report/html.hpp"
#include "msunet/report/results.hpp"
#include "msunet/report/sweep.hpp"

namespace msunet::app {

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
                NamedFiles& files) {
    const record::TrialResult& result = sweep.trials[best];
    if (report::has_weights(folder, result)) {
        auto models = write_models(architecture, folder, record, sweep);
        std::ranges::move(models, std::back_inserter(files));
        return;
    }
    // Tables and page need no weights: without them they are written all the same.
    core::log::error(concat("archive and best_model.hdf5 stay as they are: ",
                            core::quoted((folder / result.weights_file).string()),
                            " is missing (the weights of trial ", result.trial, ", the best by ",
                            sweep.metric,
                            "; only --keep_models all keeps those of every trial), restore it, or "
                            "train again with --resume never"));
}

}  // namespace

NamedFiles write_models(const unet::Architecture& architecture, const fs::path& folder,
                        const record::SweepRecord& record, const report::Sweep& sweep) {
    const record::TrialResult& best = sweep.trials[report::best_trial(sweep).value()];
    const auto weights = read_trial_weights(architecture, folder, best);
    report::TrainedModel model{.architecture = architecture, .weights = weights};
    model.hyperparameters =
        unet::from_permutation(best.permutation, unet::from_permutation(sweep.defaults));
    std::tie(model.height, model.width) = sides_of(best.patch_size);
    model.preprocessing =
        model_attributes(record.start.configuration, model.hyperparameters, best.patch_size);
    const auto trial = concat("trial ", best.trial);
    auto archive = report::write_deploy_archive(folder, sweep, model).filename().string();
    auto keras = report::write_best_model(folder, model).filename().string();
    return {
        {std::move(archive), concat(sweep.chosen ? trial : "the best trial", " for talos.Restore")},
        {std::move(keras),
         sweep.chosen ? concat("the model of ", trial, " for Keras") : "the best model for Keras"}};
}

NamedFiles write_final_files(const unet::Architecture& architecture, const fs::path& folder,
                             const record::SweepRecord& record) {
    core::fault_point("final_files");
    const auto sweep = report::make_sweep(record);
    const auto names = report::write_results(folder, sweep);
    NamedFiles files{{names.summary, "results, one row per trial"},
                     {"permutations.csv", "values, state and files of every trial"}};
    const auto failed =
        std::ranges::count(sweep.trials, record::TrialState::failed, &record::TrialResult::state);
    if (failed > 0) files.emplace_back("failures.csv", "which trials failed, and why");
    if (const auto row = report::best_trial(sweep)) {
        add_models(architecture, folder, record, sweep, *row, files);
    }
    if (report::lacks_model(sweep) && failed > 0) {
        core::log::error("there is no model to deliver: no trial gave one (failures.csv says why)");
    } else if (report::lacks_model(sweep)) {
        // Where the sweep is complete, no later start trains more.
        core::log::warn(concat("there is no model: no trial was trained to its end",
                               record.unfinished() == 0
                                   ? ", start another search with a larger --strategy_budget"
                                   : ""));
    }
    report::write_report(folder, record);
    files.emplace_back("report.html", "the whole sweep, for a browser");
    return files;
}

core::ExitCode exit_code_of(const record::SweepRecord& record) {
    const bool failed = std::ranges::any_of(record.results(), [](const auto* result) {
        return result->state == record::TrialState::failed;
    });
    return failed ? core::ExitCode::trials_failed : core::ExitCode::ok;
}

}  // namespace msunet::app

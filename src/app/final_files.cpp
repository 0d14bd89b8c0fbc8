// SPDX-License-Identifier: Apache-2.0
#include "final_files.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "msunet/config/parse.hpp"
#include "msunet/core/error.hpp"
#include "msunet/core/fault.hpp"
#include "msunet/core/log.hpp"
#include "msunet/core/text.hpp"
#include "msunet/h5/keras_file.hpp"
#include "msunet/h5/start_model.hpp"
#include "msunet/predict/options.hpp"
#include "msunet/report/deploy.hpp"
#include "msunet/report/html.hpp"
#include "msunet/report/results.hpp"
#include "msunet/report/sweep.hpp"
#include "settings.hpp"

namespace msunet::app {

namespace fs = std::filesystem;

namespace {

/// Height and width from "H/W".
std::pair<std::int64_t, std::int64_t> patch_size(const std::string& text) {
    const auto parts = core::split(text, '/');
    return {core::to_integer(parts.front()).value_or(0),
            core::to_integer(parts.back()).value_or(0)};
}

/// How scans become network input, option by option as text; predict reads it from the model.
std::map<std::string, std::string> preprocessing_of(const record::Configuration& configuration,
                                                    const report::TrainedModel& model) {
    imaging::PreprocessOptions preprocess;
    data::PatchOptions patches;
    config::Schema schema("train");
    schema.add("Preprocessing", preprocess).add("Patches", patches);
    config::Settings settings;
    for (const auto& info : schema.infos()) {
        const std::string name(info.name);
        if (auto text = record::setting(configuration, name)) {
            settings.push_back({name, {std::move(*text)}, "journal: " + name});
        }
    }
    config::apply(schema, settings, {});
    predict::ModelOptions own;
    own.patch_dimensions = model.hyperparameters.patch_dimensions;
    own.patch_stride = model.hyperparameters.patch_stride;
    own.outlier_value = imaging::outlier_value(patches.use_frac_patch);
    own.final_activation = model.hyperparameters.final_activation;
    core::TextCollector values;
    describe(values, preprocess);
    describe(values, patches);
    describe(values, own);
    std::map<std::string, std::string> attributes;
    for (const auto& option : values.texts()) attributes[option.name] = option.text;
    attributes["mode"] = preprocess.by_spacing() ? "spacing" : "target_size";
    attributes["normalisation"] = "min_max";
    attributes["input_height"] = std::to_string(model.height);
    attributes["input_width"] = std::to_string(model.width);
    return attributes;
}

}  // namespace

std::vector<core::NamedArray> read_trial_weights(const unet::Architecture& architecture,
                                                 const fs::path& folder,
                                                 const record::TrialResult& result) {
    const auto file = folder / result.weights_file;
    return h5::match_start_model(h5::read_keras_file(file), architecture.tensor_shapes(), file)
        .weights;
}

namespace {

using FileList = std::vector<std::pair<std::string, std::string>>;

/// Tables and page need no weights: without them they are written all the same.
bool has_weights(const fs::path& folder, const record::TrialResult& best) {
    std::error_code ignored;
    if (!best.weights_file.empty() && fs::exists(folder / best.weights_file, ignored)) return true;
    core::log::error(core::concat("no archive and no best_model.hdf5 can be written: ",
                                  core::quoted((folder / best.weights_file).string()),
                                  " is missing (the weights of trial ", best.trial,
                                  "), restore it, or train again with --resume never"));
    return false;
}

void add_model_files(const unet::Architecture& architecture, const fs::path& folder,
                     const record::SweepRecord& record, const report::Sweep& sweep,
                     const record::TrialResult& best, FileList& files) {
    const auto weights = read_trial_weights(architecture, folder, best);
    report::TrainedModel model{.architecture = architecture, .weights = weights};
    model.hyperparameters =
        unet::from_permutation(best.permutation, unet::from_permutation(sweep.defaults));
    std::tie(model.height, model.width) = patch_size(best.patch_size);
    model.preprocessing = preprocessing_of(record.start.configuration, model);
    if (const auto scans = record::setting(record.start.configuration, "training_scans")) {
        model.preprocessing["training_scans"] = *scans;
    }
    files.emplace_back(report::write_deploy_archive(folder, sweep, model).filename().string(),
                       "the best trial for talos.Restore");
    files.emplace_back(report::write_best_model(folder, model).filename().string(),
                       "the best model for Keras");
}

}  // namespace

std::vector<std::pair<std::string, std::string>> write_final_files(
    const unet::Architecture& architecture, const fs::path& folder,
    const record::SweepRecord& record) {
    core::fault_point("final_files");
    const auto sweep = report::make_sweep(record);
    const auto names = report::write_results(folder, sweep);
    FileList files{{names.summary, "results, one row per trial"}};
    const auto failed =
        std::ranges::count(sweep.trials, record::TrialState::failed, &record::TrialResult::state);
    if (failed > 0) files.emplace_back("failures.csv", "which trials failed, and why");
    const auto row = report::best_trial(sweep);
    if (row && has_weights(folder, sweep.trials[*row])) {
        add_model_files(architecture, folder, record, sweep, sweep.trials[*row], files);
    }
    if (report::lacks_model(sweep)) {
        core::log::error("there is no model to deliver: no trial gave one (failures.csv says why)");
    }
    report::write_report(folder, record);
    files.emplace_back("report.html", "the whole sweep, for a browser");
    return files;
}

core::ExitCode exit_code_of(const record::SweepRecord& record) {
    const auto results = record.results();
    const bool failed = std::ranges::any_of(
        results, [](const auto* result) { return result->state == record::TrialState::failed; });
    return failed || report::lacks_model(report::make_sweep(record)) ? core::ExitCode::trials_failed
                                                                     : core::ExitCode::ok;
}

}  // namespace msunet::app

// SPDX-License-Identifier: Apache-2.0
#include "msunet/predict/validation_dice.hpp"

#include <algorithm>
#include <exception>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "msunet/codec/json.hpp"
#include "msunet/core/error.hpp"
#include "msunet/core/failure_text.hpp"
#include "msunet/core/file.hpp"
#include "msunet/core/log.hpp"
#include "msunet/core/signals.hpp"
#include "msunet/core/text.hpp"
#include "msunet/experiment/final_files.hpp"
#include "msunet/experiment/validation_scans.hpp"
#include "msunet/model/runtime.hpp"
#include "msunet/predict/compared_scan.hpp"
#include "msunet/predict/prediction_plan.hpp"
#include "msunet/predict/slice_predictor.hpp"
#include "msunet/prepare/mask_order.hpp"
#include "msunet/prepare/read_scan.hpp"
#include "msunet/record/by_permutation.hpp"
#include "msunet/record/ranking.hpp"
#include "msunet/report/scan_dice.hpp"
#include "msunet/report/sweep.hpp"
#include "msunet/settings/model_attributes.hpp"
#include "msunet/settings/predict_settings.hpp"

namespace msunet::predict {

namespace fs = std::filesystem;
using core::concat;

namespace {

/// The model as its file would have it.
weights::TrainedModel model_of(const unet::Architecture& architecture, const fs::path& folder,
                               const record::SweepStart& start,
                               const unet::Hyperparameters& defaults,
                               const record::TrialResult& best) {
    const auto hyperparameters = unet::from_permutation(best.permutation, defaults);
    weights::TrainedModel model{
        .architecture = architecture,
        .weights = experiment::read_trial_weights(architecture, folder, best),
        .origin = folder.string()};
    model.preprocessing =
        settings::model_attributes(start.configuration, hyperparameters, best.patch_size);
    std::tie(model.input_height, model.input_width) = settings::sides_of(best.patch_size);
    return model;
}

/// One scan's whole mask against the manual one; nothing where they can't be compared. What
/// `findings` say of the pair was said before training.
std::optional<report::ScanDice> compare(SlicePredictor& predictor,
                                        const experiment::ValidationScan& one,
                                        const ScanOptions& options, imaging::MaskGeometry rule) {
    prepare::Findings findings;
    const auto scan = prepare::read_scan(one.scan, options.preprocess, findings);
    auto mask = prepare::read_mask(one.mask, options.preprocess, findings);
    if (!scan || !mask) throw core::InputError(findings.problems);
    const auto prediction = predict_scan({&predictor, 1}, scan->volume, options);
    if (prepare::size_mismatch(scan->volume, *mask, rule)) return std::nullopt;
    const auto truth = prepare::in_order_of_scan(
        std::move(*mask), scan->volume, rule, [&] { return &scan->volume; }, one.mask, findings);
    return compared_scan(one.scan.filename().string(), one.modality, truth, prediction.mask,
                         std::nullopt);
}

/// A trial's model on the scans that validate in it. `start`: the sweep's, whose pairs become the
/// trial's.
void measure(const unet::Architecture& architecture, const fs::path& folder,
             record::SweepStart& start, const unet::Hyperparameters& defaults,
             const record::TrialResult& trial, std::vector<record::DataPair> pairs) {
    const auto file = folder / record::trial_folder(trial.trial) / report::scan_dice_file_name;
    if (fs::exists(file)) return;
    const auto model = model_of(architecture, folder, start, defaults, trial);
    // Nothing is written as a result of prediction, so any folder outside the scans will do.
    const config::Settings output{{.name = "output", .values = {folder.string()}, .origin = ""}};
    start.data.pairs = std::move(pairs);
    const auto settings =
        settings::combine_settings(model, experiment::with_validation_scans(output, folder, start));
    const auto options = scan_options(settings, model);
    SlicePredictor predictor(model.architecture, model.weights, *settings.model.final_activation,
                             settings.predict.precision);
    const auto scans = experiment::validation_scans(folder, start);
    const auto& folding = start.folding;
    const auto of_fold =
        folding.any() ? concat(" (", record::fold_text(folding, trial.trial), ")") : "";
    std::vector<report::ScanDice> measured;
    for (const auto& one : scans) {
        if (core::stop_requested()) return;
        core::log::progress(concat("Dice of whole masks", of_fold, ": validation scan ",
                                   measured.size() + 1, " of ", scans.size()));
        auto compared = compare(predictor, one, options, settings.predict.mask_geometry);
        if (compared) measured.push_back(std::move(*compared));
    }
    core::log::progress("");
    core::write_file_atomically(file, codec::to_json(measured) + "\n");
    model::release_memory();
}

bool has_validation_scans(const record::SweepRecord& record, record::TrialId trial) {
    return std::ranges::any_of(record.start.pairs_of(trial), &record::DataPair::validation);
}

}  // namespace

void measure_validation_scans(const unet::Architecture& architecture, const fs::path& folder,
                              const record::SweepRecord& record) noexcept {
    const auto* best = record::best(record);
    if (best == nullptr || best->weights_file.empty()) return;
    if (!has_validation_scans(record, best->trial)) return;
    const auto permutation = record.start.folding.permutation(best->trial);
    try {
        const auto defaults = unet::from_permutation(report::default_values(record.start));
        auto start = record.start;
        for (const auto* trial : record::trial_results(record, permutation)) {
            if (core::stop_requested()) return;
            measure(architecture, folder, start, defaults, *trial,
                    record.start.pairs_of(trial->trial));
        }
    } catch (const std::exception& error) {
        core::log::warn(
            concat("the report lacks the Dice of whole masks (", core::failure_text(error), ")"));
    }
}

}  // namespace msunet::predict

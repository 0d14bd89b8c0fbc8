// SPDX-License-Identifier: Apache-2.0
#include "report/page_data.hpp"

#include <algorithm>
#include <utility>

#include "msunet/io/png.hpp"
#include "msunet/record/by_permutation.hpp"
#include "msunet/record/ranking.hpp"
#include "msunet/report/cross_validation.hpp"
#include "msunet/report/idle.hpp"
#include "msunet/report/results.hpp"
#include "msunet/report/search.hpp"
#include "msunet/report/sweep.hpp"
#include "report/contour.hpp"
#include "report/dates.hpp"
#include "report/page_json.hpp"
#include "report/page_template.hpp"

namespace msunet::report {
namespace {

/// Pairs by modality: all, those that are trained on, those that validate. With folds a pair is
/// both.
struct PairCounts {
    using Counts = std::array<std::int64_t, core::modality_names.size()>;
    Counts all{};
    Counts training{};
    Counts validation{};
    std::int64_t slices = 0;  ///< of all
};

PairCounts count_pairs(const record::SweepRecord& record) {
    PairCounts counts;
    for (const record::DataPair& pair : record.start.data.pairs) {
        const auto modality = static_cast<std::size_t>(pair.modality);
        ++counts.all[modality];
        if (!pair.validation) ++counts.training[modality];
        if (pair.validation || !pair.folds.empty()) ++counts.validation[modality];
        counts.slices += pair.slices;
    }
    return counts;
}

/// Scan, mask, modality and slices of each validation pair; with folds of the pairs of all folds.
Json validation_scans(const record::SweepRecord& record) {
    Json json = Json::array();
    for (const record::DataPair& pair : record.start.data.pairs) {
        if (!pair.validation && pair.folds.empty()) continue;
        json.push_back({pair.data, pair.mask, core::name_of(pair.modality), pair.slices});
    }
    return json;
}

Json data_json(const record::SweepRecord& record) {
    const record::DataSummary& data = record.start.data;
    const PairCounts counts = count_pairs(record);
    return {{"all", {{"pairs", counts.all}, {"slices", counts.slices}}},
            {"train", {{"pairs", counts.training}}},
            {"val", {{"pairs", counts.validation}}},
            {"copies", data.augmented_copies},
            {"train_samples", data.training_samples},
            {"val_samples", data.validation_samples},
            {"bytes", data.bytes},
            {"prepare_seconds", data.prepare_seconds},
            {"from_cache", data.from_cache},
            {"val_scans", validation_scans(record)}};
}

Json starts_json(const record::SweepRecord& record, const Sweep& sweep) {
    Json json = Json::array();
    for (const record::Start& start : record.starts) {
        json.push_back({{"from", start.from},
                        {"to", std::max(start.from, std::min(start.to, sweep.ended_at))},
                        {"date", readable_date(start.from, sweep.utc_offset)},
                        {"ranks", start.world.ranks},
                        {"group", start.world.group_size},
                        {"nodes", start.world.nodes},
                        {"device", start.world.device},
                        {"gpus", start.world.gpus},
                        {"precision", start.world.precision},
                        {"threads", start.world.threads},
                        {"died", start.died},
                        {"stopped", start.stopped ? Json(core::name_of(*start.stopped)) : Json()},
                        {"slurm", start.owner.slurm_job}});
    }
    return json;
}

/// Trials added and date of each extension.
Json extensions_json(const record::SweepRecord& record, const Sweep& sweep) {
    Json json = Json::array();
    for (const record::Extension& extension : record.extensions) {
        json.push_back({extension.added, readable_date(extension.at, sweep.utc_offset)});
    }
    return json;
}

Json timeline_json(const record::SweepRecord& record) {
    Json json = Json::array();
    for (const record::Span& span : record.timeline) {
        json.push_back({{"trial", id_json(span.trial)},
                        {"rank", span.rank},
                        {"start", span.start},
                        {"from", span.from},
                        {"to", span.to},
                        {"outcome", core::name_of(span.outcome)}});
    }
    return json;
}

Json pictures_page_json(const std::vector<SlicePicture>& pictures) {
    Json json = Json::array();
    for (const SlicePicture& picture : pictures) {
        json.push_back(
            {{"scan", picture.scan},
             {"modality", core::name_of(picture.modality)},
             {"slice", picture.slice},
             {"slices", picture.slices},
             {"dice", number_json(picture.dice)},
             {"w", picture.width},
             {"h", picture.height},
             {"png", base64(io::png_bytes({picture.width, picture.height, 1, picture.gray}))},
             {"mask", contour_path(picture.mask, picture.width, picture.height)},
             {"pred", contour_path(picture.prediction, picture.width, picture.height)}});
    }
    return json;
}

/// Whole masks: Dice, Hausdorff distance and surface Dice by scan, their means; null where the best
/// model was not measured.
Json whole_masks_json(const std::vector<ScanDice>& scans) {
    if (scans.empty()) return {};
    Json by_scan = Json::object();
    for (const ScanDice& one : scans) {
        by_scan[one.scan] = {number_json(one.dice), number_json(one.hausdorff95),
                             number_json(one.surface_dice)};
    }
    return {{"scans", std::move(by_scan)},
            {"means", mean_dice_text(scans)},
            {"hausdorff95", mean_hausdorff95_text(scans)},
            {"surface_dice", mean_surface_dice_text(scans)}};
}

/// Each promotion as trial, epoch and value at its rung, epoch up to which it goes (null: its
/// last), and date; in the order in which they were decided.
Json promotions_json(const record::SweepRecord& record, const Sweep& sweep) {
    std::vector<std::pair<double, Json>> dated;
    for (const auto& [id, trial] : record.trials) {
        for (std::size_t i = 0; i < std::min(trial.promotions.size(), trial.rungs.size()); ++i) {
            const auto& promotion = trial.promotions[i];
            const auto& rung = trial.rungs[i];
            dated.emplace_back(promotion.at,
                               Json{id_json(record.start.folding.permutation(id)), rung.epoch,
                                    number_json(rung.value),
                                    promotion.until_epoch ? Json(*promotion.until_epoch) : Json(),
                                    readable_date(promotion.at, sweep.utc_offset)});
        }
    }
    std::ranges::stable_sort(dated, {}, &std::pair<double, Json>::first);
    Json json = Json::array();
    for (auto& entry : dated) json.push_back(std::move(entry.second));
    return json;
}

/// Null for a grid.
Json search_json(const record::SweepRecord& record, const Sweep& sweep) {
    const auto figures = search_figures(record);
    if (!figures) return {};
    Json rungs = Json::array();
    for (const RungCount& rung : figures->rungs) {
        rungs.push_back({rung.epoch, rung.arrived, rung.promoted, rung.stopped});
    }
    Json values = Json::array();
    for (const SearchValue& value : figures->values) {
        values.push_back({value.epochs_spent, number_json(value.value), id_json(value.trial)});
    }
    return {{"strategy", figures->strategy},
            {"rungs", std::move(rungs)},
            {"completed", figures->completed},
            {"on_other_folds", figures->on_other_folds ? Json(*figures->on_other_folds) : Json()},
            {"epochs", epochs_text(*figures, sweep.trials.size() == sweep.trial_count)},
            {"values", std::move(values)},
            {"promotions", promotions_json(record, sweep)}};
}

/// Null without folds.
Json folds_json(const Sweep& sweep) {
    if (!sweep.folding.any()) return {};
    Json rows = Json::array();
    const auto spreads = fold_spreads(sweep);
    for (const FoldSpread& spread : spreads) {
        rows.push_back({{"id", id_json(spread.permutation)},
                        {"n", spread.trials},
                        {"mean", number_json(spread.mean)},
                        {"sd", number_json(spread.deviation)},
                        {"p", number_json(spread.probability)},
                        {"equal", spread.is_equal},
                        {"epochs", spread.epochs},
                        {"seconds", spread.seconds}});
    }
    Json equal = Json::array();
    for (const FoldSpread& spread : equal_permutations(spreads)) {
        equal.push_back(id_json(spread.permutation));
    }
    Json stopped = Json::array();
    for (const record::TrialResult& permutation : sweep.trials) {
        if (permutation.state == record::TrialState::stopped) {
            stopped.push_back(id_json(permutation.trial));
        }
    }
    return {{"folds", sweep.folding.folds},
            {"repeats", sweep.folding.repeats},
            {"stopped", std::move(stopped)},
            {"rows", std::move(rows)},
            {"equal", std::move(equal)}};
}

// The hyperparameters of which the sweep tries several values.
std::vector<std::string> varied_names(const Sweep& sweep) {
    std::vector<std::string> names;
    for (const auto& [name, values] : sweep.grid) {
        const bool one_size = sweep.fractional_patches && name == "patch_dimensions";
        if (values.size() > 1 && !one_size) names.push_back(name);
    }
    return names;
}

}  // namespace

std::string page_data(const record::SweepRecord& record, const std::vector<SlicePicture>& pictures,
                      const std::vector<ScanDice>& scans, const RefitNote& refit) {
    const Sweep sweep = make_sweep(record);
    // Ranking, curves and timeline are those of permutations.
    const record::PermutationView view(record);
    const record::SweepRecord& shown = view.record();
    const std::vector<std::string> names = parameter_names(sweep);
    const auto best = best_trial(sweep);
    Json settings = Json::array();
    for (const core::OptionText& option : record.start.configuration) {
        if (option.name == "training_scans") continue;  // figures for prediction, no setting
        settings.push_back({option.name, option.text});
    }
    const bool unfinished = sweep.trials.size() < sweep.trial_count || refit.left;
    Json json{{"experiment", sweep.experiment},
              {"shard", record.start.shard},
              {"version", record.start.world.program},
              {"unfinished", unfinished},
              {"as_of", readable_date(sweep.ended_at, sweep.utc_offset)},
              {"started", readable_date(sweep.started_at, sweep.utc_offset)},
              {"ended", readable_date(sweep.ended_at, sweep.utc_offset)},
              {"metric", sweep.metric},
              {"lower", record::lower_is_better(sweep.metric)},
              {"validation", sweep.has_validation},
              {"trial_count", sweep.trial_count},
              {"best", best ? id_json(sweep.trials[*best].trial) : Json()},
              {"names", names},
              {"varied", varied_names(sweep)},
              {"metrics", record::metric_names},
              {"modalities", core::modality_names},
              {"trials", trials_json(sweep, shown, names)},
              {"data", data_json(record)},
              {"starts", starts_json(record, sweep)},
              {"extensions", extensions_json(record, sweep)},
              {"timeline", timeline_json(shown)},
              {"search", search_json(record, sweep)},
              {"folds", folds_json(sweep)},
              {"refit", refit.text},
              {"idle", number_json(idle_fraction(record))},
              {"settings", std::move(settings)},
              {"summary", result_names(sweep).summary},
              {"archive", result_names(sweep).archive},
              {"whole_masks", whole_masks_json(scans)},
              {"pictures", pictures_page_json(pictures)}};
    // Names come from files and options: bytes that are not UTF-8 become a replacement character.
    return in_script(json.dump(-1, ' ', false, Json::error_handler_t::replace));
}

}  // namespace msunet::report

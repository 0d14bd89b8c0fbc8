// SPDX-License-Identifier: Apache-2.0
#include "report/page_data.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "msunet/core/value.hpp"
#include "msunet/io/png.hpp"
#include "msunet/report/results.hpp"
#include "msunet/report/sweep.hpp"
#include "report/contour.hpp"
#include "report/dates.hpp"
#include "report/page_template.hpp"

namespace msunet::report {
namespace {

using Json = nlohmann::ordered_json;

// Digits of a curve's points: more can't be seen, and a thousand curves have to load quickly.
constexpr double curve_precision = 1e5;
// Longer histories are thinned to about this many points.
constexpr std::size_t most_points = 200;

Json number(std::optional<double> value) {
    return value && std::isfinite(*value) ? Json(*value) : Json();
}

Json rounded(std::optional<double> value) {
    if (!value || !std::isfinite(*value)) return {};
    return std::round(*value * curve_precision) / curve_precision;
}

Json value_json(const core::Value& value) {
    if (const auto* integer = std::get_if<std::int64_t>(&value)) return *integer;
    if (const auto* real = std::get_if<double>(&value)) return number(*real);
    return core::python_str(value);
}

Json history_json(const record::History& history) {
    const std::size_t stride = std::max<std::size_t>(1, history.size() / most_points);
    Json epochs = Json::array();
    Json loss = Json::array();
    Json dice = Json::array();
    Json val_loss = Json::array();
    Json val_dice = Json::array();
    for (std::size_t i = 0; i < history.size(); ++i) {
        if (i % stride != 0 && i + 1 != history.size()) continue;
        const record::Metrics& metrics = history[i].metrics;
        epochs.push_back(history[i].epoch + 1);
        loss.push_back(rounded(metrics.loss));
        dice.push_back(rounded(metrics.dice_coef));
        val_loss.push_back(rounded(metrics.val_loss));
        val_dice.push_back(rounded(metrics.val_dice_coef));
    }
    Json json{{"epoch", std::move(epochs)}, {"loss", std::move(loss)}, {"dice", std::move(dice)}};
    const bool validated =
        std::ranges::any_of(val_loss, [](const Json& v) { return !v.is_null(); });
    if (validated) {
        json["val_loss"] = std::move(val_loss);
        json["val_dice"] = std::move(val_dice);
    }
    return json;
}

Json dice_json(const std::array<std::optional<double>, core::modality_names.size()>& values) {
    Json json = Json::array();
    for (const auto& value : values) json.push_back(number(value));
    return json;
}

Json parameters_json(const Sweep& sweep, const record::TrialResult& trial,
                     const std::vector<std::string>& names) {
    const core::Permutation permutation = table_parameters(sweep, trial);
    Json json = Json::array();
    for (const std::string& name : names) {
        const auto found = permutation.find(name);
        json.push_back(found == permutation.end() ? Json("None") : value_json(found->second));
    }
    return json;
}

Json result_json(const Sweep& sweep, const record::TrialResult& trial,
                 const std::vector<std::string>& names, const ResultNames& files) {
    Json json{{"id", trial.trial},
              {"state", record::name_of(trial.state)},
              {"p", parameters_json(sweep, trial, names)},
              {"value", number(record::metric(trial, sweep.metric))},
              {"h", history_json(trial.history)},
              {"rank", trial.rank},
              {"ranks", trial.ranks},
              {"seconds", trial.duration},
              {"epochs", trial.history.size()}};
    if (const record::EpochReport* epoch = record::summary_epoch(trial)) {
        Json metrics = Json::array();
        for (const std::string_view name : record::metric_names) {
            metrics.push_back(number(record::metric(epoch->metrics, name)));
        }
        json["m"] = std::move(metrics);
    }
    if (const record::ModalityRow* row = record::summary_modality(trial)) {
        json["dice"] = {{"val", dice_json(row->dice.val)}, {"train", dice_json(row->dice.train)}};
    }
    if (trial.best_epoch) json["best_epoch"] = *trial.best_epoch + 1;
    if (!trial.reason.empty()) json["reason"] = trial.reason;
    if (!trial.notices.empty()) json["notices"] = trial.notices;
    if (const auto found = files.trials.find(trial.trial); found != files.trials.end()) {
        json["files"] = {found->second.scan_history, found->second.modality_results};
    }
    return json;
}

// A trial that runs or waits with a checkpoint, as far as its epochs are known.
Json unfinished_json(const Sweep& sweep, const record::SweepRecord& record, record::TrialId id,
                     const record::TrialRecord& trial, const std::vector<std::string>& names) {
    record::TrialResult so_far;
    so_far.permutation = record.permutation(id);
    return {{"id", id},
            {"state", record::name_of(trial.state)},
            {"p", parameters_json(sweep, so_far, names)},
            {"value", Json()},
            {"h", history_json(trial.epochs)},
            {"rank", trial.rank},
            {"seconds", trial.spent_seconds},
            {"epochs", trial.epochs.size()}};
}

Json trials_json(const Sweep& sweep, const record::SweepRecord& record,
                 const std::vector<std::string>& names) {
    const ResultNames files = result_names(sweep);
    Json json = Json::array();
    for (const record::TrialResult& trial : sweep.trials) {
        json.push_back(result_json(sweep, trial, names, files));
    }
    for (const auto& [id, trial] : record.trials) {
        if (!trial.result) json.push_back(unfinished_json(sweep, record, id, trial, names));
    }
    return json;
}

Json split_json(const record::SweepRecord& record, bool validation) {
    std::array<std::int64_t, core::modality_names.size()> pairs{};
    std::array<std::int64_t, core::modality_names.size()> slices{};
    for (const record::DataPair& pair : record.start.data.pairs) {
        if (pair.validation != validation) continue;
        pairs[static_cast<std::size_t>(pair.modality)] += 1;
        slices[static_cast<std::size_t>(pair.modality)] += pair.slices;
    }
    return {{"pairs", pairs}, {"slices", slices}};
}

Json data_json(const record::SweepRecord& record) {
    const record::DataSummary& data = record.start.data;
    return {{"train", split_json(record, false)},      {"val", split_json(record, true)},
            {"copies", data.augmented_copies},         {"train_samples", data.training_samples},
            {"val_samples", data.validation_samples},  {"bytes", data.bytes},
            {"prepare_seconds", data.prepare_seconds}, {"from_cache", data.from_cache}};
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
                        {"stopped", start.stopped ? Json(record::name_of(*start.stopped)) : Json()},
                        {"slurm", start.owner.slurm_job}});
    }
    return json;
}

Json timeline_json(const record::SweepRecord& record) {
    Json json = Json::array();
    for (const record::Span& span : record.timeline) {
        json.push_back({{"trial", span.trial},
                        {"rank", span.rank},
                        {"start", span.start},
                        {"from", span.from},
                        {"to", span.to},
                        {"outcome", record::name_of(span.outcome)}});
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
             {"dice", number(picture.dice)},
             {"w", picture.width},
             {"h", picture.height},
             {"png", base64(io::png_bytes({picture.width, picture.height, 1, picture.gray}))},
             {"mask", contour_path(picture.mask, picture.width, picture.height)},
             {"pred", contour_path(picture.prediction, picture.width, picture.height)}});
    }
    return json;
}

std::vector<std::string> parameter_names(const Sweep& sweep) {
    record::TrialResult none;
    for (const auto& [name, values] : sweep.grid) none.permutation.emplace(name, core::Value());
    std::vector<std::string> names;
    for (const auto& [name, value] : table_parameters(sweep, none)) {
        if (name != "experiment_name") names.push_back(name);
    }
    return names;
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

std::string page_data(const record::SweepRecord& record,
                      const std::vector<SlicePicture>& pictures) {
    const Sweep sweep = make_sweep(record);
    const std::vector<std::string> names = parameter_names(sweep);
    const auto best = best_trial(sweep);
    Json settings = Json::array();
    for (const core::OptionText& option : record.start.configuration) {
        settings.push_back({option.name, option.text});
    }
    const bool unfinished = sweep.trials.size() < sweep.permutations;
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
              {"permutations", sweep.permutations},
              {"best", best ? Json(sweep.trials[*best].trial) : Json()},
              {"names", names},
              {"varied", varied_names(sweep)},
              {"metrics", record::metric_names},
              {"modalities", core::modality_names},
              {"trials", trials_json(sweep, record, names)},
              {"data", data_json(record)},
              {"starts", starts_json(record, sweep)},
              {"timeline", timeline_json(record)},
              {"settings", std::move(settings)},
              {"summary", result_names(sweep).summary},
              {"archive", result_names(sweep).archive},
              {"pictures", pictures_page_json(pictures)}};
    // Names come from files and options: bytes that are no UTF-8 are shown as a replacement sign.
    return in_script(json.dump(-1, ' ', false, Json::error_handler_t::replace));
}

}  // namespace msunet::report

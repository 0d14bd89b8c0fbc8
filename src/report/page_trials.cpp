// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "msunet/core/value.hpp"
#include "msunet/record/ranking.hpp"
#include "msunet/report/results.hpp"
#include "report/page_json.hpp"

namespace msunet::report {
namespace {

// Precision of a curve's points: more is invisible, and a thousand curves must load quickly.
constexpr double curve_precision = 1e5;
// Longer histories are thinned to about this many points.
constexpr std::size_t most_points = 200;

Json rounded(std::optional<double> value) {
    if (!value || !std::isfinite(*value)) return {};
    return std::round(*value * curve_precision) / curve_precision;
}

Json value_json(const core::Value& value) {
    if (const auto* integer = std::get_if<std::int64_t>(&value)) return *integer;
    if (const auto* real = std::get_if<double>(&value)) return number_json(*real);
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
    for (const auto& value : values) json.push_back(number_json(value));
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
    Json json{{"id", id_json(trial.trial)},
              {"state", core::name_of(trial.state)},
              {"p", parameters_json(sweep, trial, names)},
              {"value", number_json(record::metric(trial, sweep.metric))},
              {"h", history_json(trial.history)},
              {"rank", trial.rank},
              {"ranks", trial.ranks},
              {"seconds", trial.duration},
              {"epochs", trial.history.size()}};
    if (const record::EpochReport* epoch = record::summary_epoch(trial)) {
        Json metrics = Json::array();
        for (const std::string_view name : record::metric_names) {
            metrics.push_back(number_json(record::metric(epoch->metrics, name)));
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

// The training that serves a trial, where it serves others too.
void add_training(Json& json, const record::SweepRecord& record, record::TrialId trial) {
    const record::TrialId training = record.training_of(trial);
    if (record.start.trials_of(training).size() > 1) json["training"] = id_json(training);
}

// A running or paused trial with its epochs so far.
Json unfinished_json(const Sweep& sweep, const record::SweepRecord& record, record::TrialId id,
                     const record::TrialRecord& trial, const std::vector<std::string>& names) {
    record::TrialResult so_far;
    so_far.permutation = record.permutation(id);
    return {{"id", id_json(id)},
            {"state", core::name_of(trial.state)},
            {"p", parameters_json(sweep, so_far, names)},
            {"value", Json()},
            {"h", history_json(trial.epochs)},
            {"rank", trial.rank},
            {"seconds", trial.spent_seconds},
            {"epochs", trial.epochs.size()}};
}

}  // namespace

Json number_json(std::optional<double> value) {
    return value && std::isfinite(*value) ? Json(*value) : Json();
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

Json id_json(record::TrialId trial) {
    constexpr record::TrialId exact = record::TrialId{1} << 53U;
    return trial < exact ? Json(trial) : Json(std::to_string(trial));
}

Json trials_json(const Sweep& sweep, const record::SweepRecord& record,
                 const std::vector<std::string>& names) {
    const ResultNames files = result_names(sweep);
    Json json = Json::array();
    for (const record::TrialResult& trial : sweep.trials) {
        add_training(json.emplace_back(result_json(sweep, trial, names, files)), record,
                     trial.trial);
    }
    // Places from 1; a trial without the metric has none.
    std::int64_t place = 0;
    for (const std::size_t i : record::ranking(sweep.trials, sweep.metric)) {
        if (record::metric(sweep.trials[i], sweep.metric)) json[i]["place"] = ++place;
    }
    for (const auto& [id, trial] : record.trials) {
        if (record.training_of(id) != id) continue;
        for (const record::TrialId member : record.unfinished_trials(id)) {
            add_training(json.emplace_back(unfinished_json(sweep, record, member, trial, names)),
                         record, member);
        }
    }
    return json;
}

}  // namespace msunet::report

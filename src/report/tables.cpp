// SPDX-License-Identifier: Apache-2.0
#include "msunet/report/tables.hpp"

#include <algorithm>
#include <vector>

#include "msunet/core/value.hpp"
#include "msunet/io/csv.hpp"
#include "msunet/record/metrics.hpp"
#include "report/dates.hpp"

namespace msunet::report {
namespace {

using Cells = std::vector<std::string>;

bool is_validation(std::string_view metric) { return metric.starts_with("val_"); }

Cells metric_columns(bool has_validation) {
    Cells columns;
    for (const std::string_view name : record::metric_names) {
        if (has_validation || !is_validation(name)) columns.emplace_back(name);
    }
    return columns;
}

void append_metrics(Cells& cells, const record::EpochReport* epoch, bool has_validation) {
    for (const std::string& name : metric_columns(has_validation)) {
        const auto value = epoch == nullptr ? std::nullopt : record::metric(epoch->metrics, name);
        cells.push_back(value ? core::python_repr(*value) : std::string());
    }
}

// Columns of the hyperparameters: those of any trial, so that tables of a sweep agree.
Cells parameter_columns(const Sweep& sweep) {
    record::TrialResult none;
    for (const auto& [name, values] : sweep.grid) none.permutation.emplace(name, core::Value());
    Cells columns;
    for (const auto& [name, value] : table_parameters(sweep, none)) columns.push_back(name);
    return columns;
}

void append_parameters(Cells& cells, const Sweep& sweep, const record::TrialResult& trial,
                       const Cells& columns) {
    core::Permutation parameters = table_parameters(sweep, trial);
    for (const std::string& name : columns) {
        const auto found = parameters.find(name);
        cells.push_back(found == parameters.end() ? "None" : core::python_str(found->second));
    }
}

void append(Cells& cells, Cells more) { std::ranges::move(more, std::back_inserter(cells)); }

Cells summary_columns(const Sweep& sweep) {
    Cells columns{"round_epochs"};
    append(columns, metric_columns(sweep.has_validation));
    append(columns, parameter_columns(sweep));
    return columns;
}

void append_summary(Cells& cells, const Sweep& sweep, const record::TrialResult& trial,
                    const Cells& parameters) {
    cells.push_back(std::to_string(trial.history.size()));
    append_metrics(cells, record::summary_epoch(trial), sweep.has_validation);
    append_parameters(cells, sweep, trial, parameters);
}

void append_dice(Cells& cells,
                 const std::array<std::optional<double>, core::modality_names.size()>& values) {
    for (const auto& value : values) {
        cells.push_back(value ? core::python_repr(*value) : std::string());
    }
}

}  // namespace

std::string summary_csv(const Sweep& sweep) {
    std::string text = io::csv_row(summary_columns(sweep));
    const Cells parameters = parameter_columns(sweep);
    for (const record::TrialResult& trial : sweep.trials) {
        Cells cells;
        append_summary(cells, sweep, trial, parameters);
        text += io::csv_row(cells);
    }
    return text;
}

std::string deploy_results_csv(const Sweep& sweep) {
    Cells header{"", "start", "end", "duration"};
    append(header, summary_columns(sweep));
    std::string text = io::csv_row(header);
    const Cells parameters = parameter_columns(sweep);
    for (std::size_t row = 0; row < sweep.trials.size(); ++row) {
        const record::TrialResult& trial = sweep.trials[row];
        Cells cells{std::to_string(row), talos_date(trial.started_at, sweep.utc_offset),
                    talos_date(trial.ended_at, sweep.utc_offset),
                    core::python_repr(trial.duration)};
        append_summary(cells, sweep, trial, parameters);
        text += io::csv_row(cells);
    }
    return text;
}

std::string failures_csv(const Sweep& sweep) {
    const Cells parameters = parameter_columns(sweep);
    std::string rows;
    for (const record::TrialResult& trial : sweep.trials) {
        if (trial.state != record::TrialState::failed) continue;
        Cells cells{std::to_string(trial.trial)};
        append_parameters(cells, sweep, trial, parameters);
        cells.push_back(std::to_string(trial.rank));
        cells.push_back(trial.reason);
        rows += io::csv_row(cells);
    }
    if (rows.empty()) return rows;
    Cells header{"id"};
    append(header, parameters);
    append(header, {"rank", "reason"});
    return io::csv_row(header) + rows;
}

std::string permutations_csv(const Sweep& sweep, const ResultNames& names,
                             const std::set<record::TrialId>& models) {
    const Cells parameters = parameter_columns(sweep);
    Cells header{"id"};
    append(header, parameters);
    append(header, {"state", "history_file", "modality_file", "model_file"});
    std::string text = io::csv_row(header);
    for (const record::TrialResult& trial : sweep.trials) {
        const TrialFiles& files = names.trials.at(trial.trial);
        Cells cells{std::to_string(trial.trial)};
        append_parameters(cells, sweep, trial, parameters);
        append(cells,
               {std::string(core::name_of(trial.state)), files.scan_history, files.modality_results,
                models.contains(trial.trial) ? trial.weights_file : std::string()});
        text += io::csv_row(cells);
    }
    return text;
}

std::string folds_csv(const Sweep& sweep) {
    const record::Folding& folding = sweep.folding;
    if (!folding.any()) return {};
    Cells header{"permutation", "repeat", "fold", "trial", "state", "epochs"};
    append(header, metric_columns(sweep.has_validation));
    append(header, record::modality_columns());
    std::string text = io::csv_row(header);
    for (const record::TrialResult& result : sweep.fold_trials) {
        const record::TrialId trial = result.trial;
        Cells cells{
            std::to_string(folding.permutation(trial)), std::to_string(folding.repeat(trial) + 1),
            std::to_string(folding.fold(trial) + 1),    std::to_string(trial),
            std::string(core::name_of(result.state)),   std::to_string(result.history.size())};
        append_metrics(cells, record::summary_epoch(result), sweep.has_validation);
        const record::ModalityRow* const row = record::summary_modality(result);
        append_dice(cells, row == nullptr ? decltype(row->dice.val){} : row->dice.val);
        append_dice(cells, row == nullptr ? decltype(row->dice.train){} : row->dice.train);
        text += io::csv_row(cells);
    }
    return text;
}

std::string history_csv(const record::TrialResult& trial, bool has_validation) {
    Cells header{""};
    append(header, metric_columns(has_validation));
    std::string text = io::csv_row(header);
    for (const record::EpochReport& epoch : trial.history) {
        Cells cells{std::to_string(epoch.epoch)};
        append_metrics(cells, &epoch, has_validation);
        text += io::csv_row(cells);
    }
    return text;
}

std::string modality_csv(const record::TrialResult& trial) {
    Cells header{""};
    append(header, record::modality_columns());
    std::string text = io::csv_row(header);
    for (const record::ModalityRow& row : trial.modality) {
        // The Python trainer's index is 0 in every row; only the order tells epochs apart.
        Cells cells{"0"};
        append_dice(cells, row.dice.val);
        append_dice(cells, row.dice.train);
        text += io::csv_row(cells);
    }
    return text;
}

}  // namespace msunet::report

// SPDX-License-Identifier: Apache-2.0
#include "msunet/report/results.hpp"

#include <set>
#include <string_view>
#include <system_error>

#include "msunet/core/file.hpp"
#include "msunet/core/text.hpp"
#include "msunet/core/value.hpp"
#include "msunet/report/tables.hpp"
#include "report/dates.hpp"

namespace msunet::report {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view modality_prefix = "modality_results_";
constexpr std::string_view history_prefix = "talos_scan_history_";
constexpr std::string_view partial_name = "results.partial.csv";
constexpr std::string_view failures_name = "failures.csv";
constexpr std::string_view permutations_name = "permutations.csv";
constexpr std::string_view folds_name = "folds.csv";
constexpr double microsecond = 1e-6;

// A unique name for each time; `taken` has the names used so far.
std::string timed_name(std::string_view prefix, double time, std::set<std::string>& taken) {
    std::string name;
    do {
        name = std::string(prefix) + core::python_repr(time) + ".csv";
        time += microsecond;
    } while (!taken.insert(name).second);
    return name;
}

// Removes files of an earlier write: a retried trial has ended at another time and so has new
// names.
void remove_stale(const fs::path& folder, const ResultNames& names) {
    std::set<std::string> current;
    for (const auto& [id, files] : names.trials) {
        current.insert(files.modality_results);
        current.insert(files.scan_history);
    }
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(folder)) {
        const std::string name = entry.path().filename().string();
        const bool ours = (name.starts_with(modality_prefix) || name.starts_with(history_prefix)) &&
                          name.ends_with(".csv");
        if (ours && !current.contains(name)) fs::remove(entry.path(), ignored);
    }
}

// The trials whose weights are still there.
std::set<record::TrialId> kept_models(const fs::path& folder, const Sweep& sweep) {
    std::set<record::TrialId> kept;
    for (const record::TrialResult& trial : sweep.trials) {
        if (has_weights(folder, trial)) kept.insert(trial.trial);
    }
    return kept;
}

// folds.csv, and in folds/ each trial's history and Dice by modality.
void write_folds(const fs::path& folder, const Sweep& sweep) {
    if (!sweep.folding.any()) return;
    const fs::path inner = folder / folds_folder;
    core::make_directories(inner);
    for (const record::TrialResult& trial : sweep.fold_trials) {
        const std::string name = fold_name(sweep.folding, trial.trial) + ".csv";
        core::write_file_atomically(inner / ("history_" + name),
                                    history_csv(trial, sweep.has_validation),
                                    core::Durability::buffered);
        core::write_file_atomically(inner / ("modality_" + name), modality_csv(trial),
                                    core::Durability::buffered);
    }
    core::write_file_atomically(folder / folds_name, folds_csv(sweep));
}

}  // namespace

std::string fold_name(const record::Folding& folding, record::TrialId trial) {
    return core::concat("permutation", folding.permutation(trial), "_repeat",
                        folding.repeat(trial) + 1, "_fold", folding.fold(trial) + 1);
}

bool has_weights(const fs::path& folder, const record::TrialResult& result) {
    std::error_code ignored;
    return !result.weights_file.empty() &&
           fs::is_regular_file(folder / result.weights_file, ignored);
}

ResultNames result_names(const Sweep& sweep) {
    ResultNames names;
    names.summary = talos_stamp(sweep.started_at, sweep.utc_offset) + ".csv";
    names.archive = "model_deploy" + sweep.experiment + ".zip";
    std::set<std::string> taken;
    for (const record::TrialResult& trial : sweep.trials) {
        TrialFiles& files = names.trials[trial.trial];
        files.modality_results = timed_name(modality_prefix, trial.started_at, taken);
        files.scan_history = timed_name(history_prefix, trial.ended_at, taken);
    }
    return names;
}

ResultNames write_results(const fs::path& folder, const Sweep& sweep) {
    ResultNames names = result_names(sweep);
    for (const record::TrialResult& trial : sweep.trials) {
        const TrialFiles& files = names.trials.at(trial.trial);
        // Not flushed to disk: with two files per trial that would take longer than writing them,
        // and they can be written again from the journal.
        core::write_file_atomically(folder / files.modality_results, modality_csv(trial),
                                    core::Durability::buffered);
        core::write_file_atomically(folder / files.scan_history,
                                    history_csv(trial, sweep.has_validation),
                                    core::Durability::buffered);
    }
    remove_stale(folder, names);
    std::error_code ignored;
    const std::string failures = failures_csv(sweep);
    if (failures.empty()) {
        fs::remove(folder / failures_name, ignored);
    } else {
        core::write_file_atomically(folder / failures_name, failures);
    }
    core::write_file_atomically(folder / permutations_name,
                                permutations_csv(sweep, names, kept_models(folder, sweep)));
    write_folds(folder, sweep);
    core::write_file_atomically(folder / names.summary, summary_csv(sweep));
    fs::remove(folder / partial_name, ignored);
    return names;
}

void write_partial_results(const fs::path& folder, const Sweep& sweep) {
    core::write_file_atomically(folder / partial_name, summary_csv(sweep),
                                core::Durability::buffered);
}

}  // namespace msunet::report

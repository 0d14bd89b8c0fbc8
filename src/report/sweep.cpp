// SPDX-License-Identifier: Apache-2.0
#include "msunet/report/sweep.hpp"

#include <algorithm>
#include <functional>
#include <map>

#include "msunet/core/text.hpp"
#include "msunet/record/by_permutation.hpp"
#include "msunet/record/ranking.hpp"
#include "msunet/unet/hyperparameters.hpp"
#include "msunet/unet/step_values.hpp"

namespace msunet::report {
namespace {

// Keys of fine-tuning, which Talos's tables lack: columns only if the grid names them.
constexpr std::string_view extra_keys[] = {"early_stopping", "restore_best", "lr_schedule",
                                           "online_augmentation"};

core::Permutation default_parameters() {
    core::Permutation permutation = unet::to_permutation({});
    for (const std::string_view key : extra_keys) {
        permutation.erase(std::string(key));
    }
    return permutation;
}

// Whole numbers appear as integers, as users of the guide type them.
core::Value option_value(const std::string& text) {
    core::Value value = core::value_of_word(text);
    if (const double* number = std::get_if<double>(&value)) {
        if (const auto whole = core::as_integer(*number)) return *whole;
    }
    if (core::means_none(text)) return {};
    return value;
}

bool is_true(const record::Configuration& configuration, std::string_view name, bool fallback) {
    const auto text = record::setting(configuration, name);
    return text ? core::to_bool(*text).value_or(fallback) : fallback;
}

// Texts as the hyperparameter of that name has them: losses by their canonical names, None for a
// modality_weight of "none".
core::Value canonical(const std::string& key, const core::Value& value) {
    return std::holds_alternative<std::string>(value) ? unet::canonical_value(key, value) : value;
}

/// The padded patch of a trial. With fractional patches it is the same for all trials, and one
/// whose rank died has not reported it.
const std::string& patch_size(const Sweep& sweep, const record::TrialResult& trial) {
    if (!trial.patch_size.empty()) return trial.patch_size;
    const auto known = std::ranges::find_if(sweep.trials, std::not_fn(&std::string::empty),
                                            &record::TrialResult::patch_size);
    return known == sweep.trials.end() ? trial.patch_size : known->patch_size;
}

/// Of a record without folds.
Sweep sweep_of_trials(const record::SweepRecord& record) {
    const record::SweepStart& start = record.start;
    Sweep sweep;
    sweep.experiment = start.experiment_name;
    for (const auto& [name, values] : start.grid) {
        std::vector<core::Value>& list = sweep.grid[name];
        for (const core::Value& value : values) list.push_back(canonical(name, value));
    }
    sweep.defaults = default_values(start);
    sweep.fractional_patches = is_true(start.configuration, "use_frac_patch", true);
    sweep.has_validation = start.has_validation();
    sweep.metric = start.metric;
    if (const auto method = record::setting(start.configuration, "random_method")) {
        sweep.random_method = *method;
    }
    sweep.trial_count = record.planned();
    sweep.started_at = start.at;
    sweep.ended_at = start.at;
    sweep.utc_offset = start.utc_offset;
    for (const record::TrialResult* result : record.results()) {
        sweep.trials.push_back(*result);
        sweep.ended_at = std::max(sweep.ended_at, result->ended_at);
    }
    // Events after the last result change nothing: tables and page are the same whenever they are
    // written.
    if (sweep.trials.size() < sweep.trial_count) {
        sweep.ended_at = std::max(sweep.ended_at, record.last_event_at);
    }
    return sweep;
}

}  // namespace

core::Permutation default_values(const record::SweepStart& start) {
    core::Permutation defaults = default_parameters();
    for (auto& [name, value] : defaults) {
        if (const auto text = record::setting(start.configuration, name)) {
            value = option_value(*text);
        } else if (name == "weight_factor") {
            value = std::int64_t{1};
        }
    }
    return defaults;
}

Sweep make_sweep(const record::SweepRecord& record) {
    if (!record.start.folding.any()) return sweep_of_trials(record);
    Sweep sweep = sweep_of_trials(record::PermutationView(record).record());
    sweep.has_validation = record.start.has_validation();
    sweep.folding = record.start.folding;
    for (const record::TrialResult* result : record.results()) sweep.fold_trials.push_back(*result);
    return sweep;
}

std::string_view noun_of(const Sweep& sweep) {
    return sweep.folding.any() ? "permutation" : "trial";
}

std::optional<std::size_t> best_trial(const Sweep& sweep) {
    if (sweep.chosen) {
        const auto found =
            std::ranges::find(sweep.trials, *sweep.chosen, &record::TrialResult::trial);
        if (found == sweep.trials.end()) return {};
        return static_cast<std::size_t>(found - sweep.trials.begin());
    }
    const std::vector<std::size_t> order = record::ranking(sweep.trials, sweep.metric);
    if (order.empty()) return {};
    const auto& first = sweep.trials[order.front()];
    return record::ranked_value(first, sweep.metric) ? std::optional(order.front()) : std::nullopt;
}

bool lacks_model(const Sweep& sweep) {
    const bool trained = std::ranges::any_of(sweep.trials, [](const record::TrialResult& trial) {
        return trial.state != record::TrialState::pca;
    });
    return (trained || !sweep.fold_trials.empty()) && !best_trial(sweep);
}

bool lacks_folds(const Sweep& sweep) {
    return sweep.folding.any() && sweep.trials.size() < sweep.trial_count && lacks_model(sweep);
}

std::string missing_model_text(const Sweep& sweep) {
    if (!lacks_folds(sweep)) return core::concat("no ", noun_of(sweep), " gave a model");
    std::map<record::TrialId, std::uint64_t> trained;
    for (const record::TrialResult& trial : sweep.fold_trials) {
        const auto permutation = sweep.folding.permutation(trial.trial);
        if (std::ranges::find(sweep.trials, permutation, &record::TrialResult::trial) !=
            sweep.trials.end())
            continue;
        if (trial.state == record::TrialState::done) ++trained[permutation];
    }
    std::uint64_t most = 0;
    for (const auto& entry : trained) most = std::max(most, entry.second);
    return core::concat("no permutation has all of its folds yet (", most, " of ",
                        sweep.folding.trials(), " trained)");
}

core::Permutation table_parameters(const Sweep& sweep, const record::TrialResult& trial) {
    core::Permutation row = sweep.defaults;
    for (const auto& [name, value] : trial.permutation)
        row.insert_or_assign(name, canonical(name, value));
    row.insert_or_assign("experiment_name", sweep.experiment);
    row.insert_or_assign("num_gpus", trial.num_gpus);
    if (sweep.fractional_patches) {
        const std::string& size = patch_size(sweep, trial);
        if (!size.empty()) row.insert_or_assign("patch_dimensions", size);
    }
    return row;
}

}  // namespace msunet::report

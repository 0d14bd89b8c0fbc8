// SPDX-License-Identifier: Apache-2.0
#include "msunet/experiment/refit_record.hpp"

#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "msunet/core/error.hpp"
#include "msunet/core/text.hpp"
#include "msunet/record/by_permutation.hpp"
#include "msunet/record/journal.hpp"
#include "msunet/record/ranking.hpp"
#include "msunet/unet/hyperparameters.hpp"
#include "msunet/unet/step_values.hpp"

namespace msunet::experiment {

namespace fs = std::filesystem;
using core::concat;

namespace {

/// The hyperparameters of a permutation that stop its training or choose its weights: its values,
/// else the options.
unet::Hyperparameters callbacks_of(const record::SweepRecord& record,
                                   const core::Permutation& permutation) {
    core::Permutation values;
    for (const auto* name : {"epochs", "restore_best", "lr_schedule"}) {
        if (const auto found = permutation.find(name); found != permutation.end()) {
            values[name] = found->second;
        } else if (const auto text = record::setting(record.start.configuration, name)) {
            values[name] = core::value_of_word(*text);
        }
    }
    return unet::from_permutation(values);
}

/// What a refit's training depends on, equal for two grids of one permutation that are written
/// otherwise: an extension's names keys that were at their defaults before.
std::string training_of(const record::SweepStart& start, const record::GridLists& grid) {
    core::Permutation options;
    for (const auto& name : unet::hyperparameter_keys()) {
        const auto text = record::setting(start.configuration, name);
        if (text) options[name] = core::value_of_word(*text);
    }
    const auto values =
        unet::from_permutation(record::permutation_of(grid, 0), unet::from_permutation(options));
    const bool fixed_patches = record::setting(start.configuration, "use_frac_patch") == "False";
    return concat(unet::training_values(values, fixed_patches), values.epochs);
}

std::int64_t mean_best_epoch(const record::SweepRecord& record, record::TrialId permutation,
                             std::int64_t otherwise) {
    double sum = 0;
    std::int64_t count = 0;
    for (const auto* trial : record::trial_results(record, permutation)) {
        if (!trial->best_epoch) continue;
        sum += static_cast<double>(*trial->best_epoch + 1);
        ++count;
    }
    return count == 0 ? otherwise : std::lround(sum / static_cast<double>(count));
}

/// The state of a permutation's refit by its journal; `otherwise` where it has not ended.
RefitState journaled_refit(const fs::path& folder, const record::SweepRecord& record,
                           record::TrialId permutation, RefitStage otherwise) {
    RefitState state{.permutation = permutation, .record = read_refit(folder, record, permutation)};
    if (!state.record || state.record->unfinished() > 0) {
        state.stage = otherwise;
        return state;
    }
    const auto& result = *state.record->result(0);
    const bool failed = result.state == record::TrialState::failed;
    state.stage = failed ? RefitStage::failed : RefitStage::done;
    state.problem = result.reason;
    return state;
}

bool has_journal(const fs::path& folder) {
    std::error_code ignored;
    return fs::is_regular_file(folder / refit_folder / record::journal_name, ignored);
}

}  // namespace

core::Permutation refit_permutation(const record::SweepRecord& record,
                                    record::TrialId permutation) {
    auto values = record.permutation(record.start.folding.trial(permutation, 0, 0));
    const auto callbacks = callbacks_of(record, values);
    values["epochs"] = callbacks.restore_best
                           ? mean_best_epoch(record, permutation, callbacks.epochs)
                           : callbacks.epochs;
    values.erase("early_stopping");
    values.erase("restore_best");
    if (callbacks.lr_schedule == unet::LrSchedule::plateau) {
        values["lr_schedule"] = std::string("constant");
    }
    return values;
}

record::SweepStart refit_start(const record::SweepRecord& record, record::TrialId permutation) {
    auto start = record.start;
    start.folding = {};
    start.trials = {0};
    start.indices.clear();
    start.shared.clear();
    start.rounds = 0;
    start.grid.clear();
    for (const auto& [name, value] : refit_permutation(record, permutation)) {
        start.grid[name] = {value};
    }
    start.metric = record::default_metric(false);
    for (auto& pair : start.data.pairs) pair.folds.clear();
    for (auto& setting : start.configuration) {
        if (setting.name == "folds" || setting.name == "early_stopping") setting.text = "none";
        if (setting.name == "repeats") setting.text = "1";
        if (setting.name == "strategy" || setting.name == "sampler") setting.text = "grid";
        if (setting.name == "strategy_budget") setting.text = "none";
        if (setting.name == "restore_best") setting.text = "False";
        if (setting.name == "validation_split") setting.text = "0.0";
        if (setting.name == "metric") setting.text = start.metric;
    }
    return start;
}

std::optional<record::SweepRecord> read_refit(const fs::path& folder,
                                              const record::SweepRecord& record,
                                              record::TrialId permutation) {
    const auto file = folder / refit_folder / record::journal_name;
    if (!has_journal(folder)) return std::nullopt;
    try {
        auto replay = record::replay(file);
        const auto grid = refit_start(record, permutation).grid;
        const auto& recorded = replay.record.start.grid;
        if (training_of(record.start, recorded) != training_of(record.start, grid)) {
            return std::nullopt;
        }
        return std::move(replay.record);
    } catch (const core::UsageError& error) {
        core::Problem problem = error.data().front();
        problem.advice =
            core::concat("remove the folder ", core::quoted((folder / refit_folder).string()),
                         ", and msunet train trains the refit again");
        throw core::UsageError(problem);
    }
}

const record::TrialResult* RefitState::result_for(record::TrialId of) const {
    return stage == RefitStage::done && permutation == of ? record->result(0) : nullptr;
}

RefitState refit_state(const fs::path& folder, const record::SweepRecord& record, bool is_wanted) {
    if (!record.start.folding.any() || record.unfinished() > 0) return {};
    const auto best = record::Leaderboard(record).best();
    if (!best) return {};
    return journaled_refit(folder, record, *best, is_wanted ? RefitStage::left : RefitStage::none);
}

RefitState refit_of(const fs::path& folder, const record::SweepRecord& record,
                    record::TrialId permutation) {
    if (!record.start.folding.any()) return {};
    try {
        return journaled_refit(folder, record, permutation, RefitStage::none);
    } catch (const core::UsageError& error) {
        // Whose it is can't be read either; it is to be that of the best one.
        if (record::Leaderboard(record).best() != permutation) return {};
        return {.stage = RefitStage::failed, .permutation = permutation, .problem = error.what()};
    }
}

RefitState recorded_refit(const fs::path& folder, const record::SweepRecord& record) {
    const bool is_wanted =
        !record.finished &&
        (record::setting(record.start.configuration, "refit") == "True" || has_journal(folder));
    try {
        return refit_state(folder, record, is_wanted);
    } catch (const core::UsageError& error) {
        return {.stage = is_wanted ? RefitStage::left : RefitStage::failed,
                .permutation = record::Leaderboard(record).best().value(),
                .problem = error.what()};
    }
}

std::string refit_text(const RefitState& refit) {
    if (refit.stage == RefitStage::none) return {};
    if (refit.stage == RefitStage::failed) {
        return concat("failed (", refit.problem,
                      "): best_model.hdf5 and archive have the model of the best fold",
                      refit.record ? "; --retry_failed True trains it again" : "");
    }
    const auto model = concat("permutation ", refit.permutation, " on all scans");
    if (!refit.problem.empty()) return concat(model, ": ", refit.problem);
    if (!refit.record) return concat(model, ", has not started");
    const auto epochs = core::python_str(refit.record->start.grid.at("epochs").front());
    if (refit.stage == RefitStage::done) {
        return concat(model, ", ", epochs, epochs == "1" ? " epoch" : " epochs");
    }
    const auto* const trial = refit.record->find(0);
    return concat(model, ", epoch ", trial != nullptr ? trial->epochs.size() : 0, "/", epochs);
}

report::RefitNote refit_note(const RefitState& refit) {
    return {refit.stage == RefitStage::left, refit_text(refit)};
}

}  // namespace msunet::experiment

// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "commands.hpp"
#include "folder_options.hpp"
#include "msunet/config/parse.hpp"
#include "msunet/core/counted.hpp"
#include "msunet/core/log.hpp"
#include "msunet/core/permutation.hpp"
#include "msunet/core/text.hpp"
#include "msunet/core/time.hpp"
#include "msunet/experiment/experiment_journal.hpp"
#include "msunet/experiment/refit_record.hpp"
#include "msunet/job/world.hpp"
#include "msunet/record/ending.hpp"
#include "msunet/record/folds.hpp"
#include "msunet/record/journal.hpp"
#include "msunet/record/progress.hpp"
#include "msunet/record/ranking.hpp"
#include "msunet/report/forecast.hpp"
#include "msunet/report/search.hpp"
#include "msunet/report/sweep.hpp"
#include "msunet/sweep/scheduler.hpp"
#include "msunet/unet/hyperparameters.hpp"

namespace msunet::app {

using core::concat;

namespace {

/// The start that writes the journal; nothing if none does. On this host a dead one is known.
std::optional<record::Owner> running_start(const record::SweepRecord& record) {
    return record::in_use_by(record, {job::this_owner().host, 0, {}}, core::unix_now());
}

std::string state_text(const record::SweepRecord& record, bool refit_is_left) {
    if (record.finished || (record.unfinished() == 0 && !refit_is_left)) return "finished";
    if (const auto user = running_start(record)) {
        return concat("running on ", user->host, " (pid ", user->pid, ")");
    }
    if (const auto limit = record::ended_by_limit(record)) {
        return concat("ended by --", core::name_of(*limit),
                      "; a start with another limit or without one continues the sweep");
    }
    if (record.starts.back().stopped) return "stopped; the same msunet train command resumes it";
    return concat("nothing runs: the start on ", record.owner.host, " (pid ", record.owner.pid,
                  ") was killed after ", core::date_text(record.last_event_at),
                  "; the same msunet train command resumes it");
}

/// "running, epoch 3/20"; where nothing runs "interrupted in epoch 4/20, resumes after epoch 3" or
/// "paused, epoch 3/20, resumes in epoch 4 after step 10".
std::string progress_text(const record::SweepRecord& record, record::TrialId id,
                          const record::TrialRecord& trial, const report::Forecast& forecast) {
    const auto planned = forecast.planned_epochs(record, id);
    const auto ended = static_cast<std::int64_t>(trial.epochs.size());
    const auto checkpoint = record.checkpoint_of(id);
    const auto resumes =
        checkpoint ? concat(", resumes ", record::position_text(*checkpoint)) : std::string();
    const bool runs = running_start(record).has_value();
    if (runs || trial.state != record::TrialState::running) {
        return concat(core::name_of(trial.state), ", epoch ", ended, "/", planned,
                      runs ? std::string() : resumes);
    }
    return concat("interrupted in epoch ", std::min(ended + 1, planned), "/", planned,
                  resumes.empty() ? ", starts again" : resumes);
}

/// A training that has started and not ended.
std::string started_text(const record::SweepRecord& record, record::TrialId id,
                         const record::TrialRecord& trial, const report::Forecast& forecast) {
    const auto trials = record.unfinished_trials(id);
    auto text = concat("  ", record::training_text(id, trials),
                       record::fold_in_brackets(record.start.folding, id), " ",
                       progress_text(record, id, trial, forecast));
    if (!trial.epochs.empty()) {
        const auto& metrics = trial.epochs.back().metrics;
        text += concat(", loss ", core::fixed(metrics.loss, 4), ", Dice ",
                       core::fixed(metrics.dice_coef, 4));
        if (metrics.val_dice_coef) {
            text += concat(", val Dice ", core::fixed(*metrics.val_dice_coef, 4));
        }
    }
    return concat(text, ": ", core::permutation_text(record.permutation(trials.front())));
}

core::ExitCode show_status(std::span<const std::string> arguments) {
    FolderOptions options;
    const auto schema = experiment_schema("status", options);
    config::apply(schema, {}, config::parse_command_line(schema, arguments));
    const auto folder = folder_of("status", options);
    const auto record = experiment::read_experiment(folder);
    const auto refit = experiment::recorded_refit(folder, record);
    std::size_t failed = 0;
    std::size_t stopped = 0;
    for (const auto* result : record.results()) {
        if (result->state == record::TrialState::failed) ++failed;
        if (result->state == record::TrialState::stopped) ++stopped;
    }
    const auto all = record.planned();
    core::log::info(concat("experiment   ", record.start.experiment_name, ", ",
                           state_text(record, refit.stage == experiment::RefitStage::left)));
    core::log::info(concat("trials       ", all, ": ", all - record.unfinished(), " ended (",
                           failed, " failed",
                           stopped > 0 ? concat(", ", stopped, " stopped by the search") : "",
                           "), ", record.unfinished(), " left"));
    for (const auto& extension : record.extensions) {
        core::log::info(concat("extended     ", core::date_text(extension.at), ": ",
                               core::counted(extension.added, "trial"), " added"));
    }
    const auto search = sweep::search_epochs(record, unet::Hyperparameters{}.epochs);
    const report::Forecast forecast(record, search);
    if (const auto figures = report::search_figures(record)) {
        core::log::info(concat("search       ", report::rungs_text(*figures)));
        core::log::info(
            concat("             ", report::epochs_text(*figures, record.unfinished() == 0)));
    }
    for (const auto& [id, trial] : record.trials) {
        if (record.training_of(id) != id || record.unfinished_trials(id).empty()) continue;
        // Those that wait at a rung are counted above.
        const bool waits = trial.rungs.size() > trial.promotions.size();
        if (waits && trial.state == record::TrialState::paused) continue;
        core::log::info(started_text(record, id, trial, forecast));
    }
    if (const auto* best = record::best(record)) {
        core::log::info(concat("best so far  ", experiment::best_text(record, *best)));
    } else if (const auto sweep = report::make_sweep(record); report::lacks_model(sweep)) {
        core::log::info(concat("best so far  none: ", report::missing_model_text(sweep)));
    }
    if (const auto text = experiment::refit_text(refit); !text.empty()) {
        core::log::info(concat("refit        ", text));
    }
    const auto groups = report::groups_of(record.start.world);
    if (const auto left = forecast.seconds_left(groups); left && record.unfinished() > 0) {
        core::log::info(concat("time left    ", forecast.is_bound() ? "at most " : "about ",
                               core::duration_text(*left),
                               running_start(record) ? "" : " of training", ", ",
                               core::counted(groups, "trial at a time", "trials at a time")));
    }
    return core::ExitCode::ok;
}

}  // namespace

Command status_command() {
    return {"status",
            "status DIR",
            "show the progress of an experiment",
            "Shows from an experiment's journal which trials are done, running and left, which one "
            "is the best so far, and how long the rest will take. It only reads, so it can be used "
            "at any time while the sweep runs, from any machine that has access to the folder.",
            "  msunet status sweep",
            {{core::ExitCode::ok},
             {core::ExitCode::failure},
             {core::ExitCode::usage, "a folder that is not an experiment"}},
            "  docs/journal.md    the content of the journal",
            [](const auto& use) {
                FolderOptions options;
                use(experiment_schema("status", options));
            },
            show_status};
}

}  // namespace msunet::app

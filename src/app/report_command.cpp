// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>

#include "commands.hpp"
#include "final_files.hpp"
#include "msunet/config/parse.hpp"
#include "msunet/core/log.hpp"
#include "msunet/core/text.hpp"
#include "msunet/core/time.hpp"
#include "msunet/record/ending.hpp"
#include "msunet/record/journal.hpp"
#include "msunet/record/ranking.hpp"
#include "msunet/report/forecast.hpp"
#include "msunet/report/html.hpp"
#include "msunet/report/results.hpp"
#include "msunet/report/sweep.hpp"
#include "world.hpp"

namespace msunet::app {

namespace fs = std::filesystem;
using core::concat;

namespace {

struct FolderOptions {
    std::vector<std::string> folder;
};

void describe(core::OptionVisitor& visitor, FolderOptions& options) {
    visitor.visit({.name = "folder",
                   .help = "The experiment's folder",
                   .affects = core::Affects::run,
                   .value_name = "DIR",
                   .required = true,
                   .positional = true},
                  options.folder);
}

/// The journal of the experiment that the arguments name.
std::pair<fs::path, record::SweepRecord> read_experiment(std::string_view command,
                                                         std::span<const std::string> arguments) {
    FolderOptions options;
    config::Schema schema{std::string(command)};
    schema.add("Experiment", options);
    config::apply(schema, {}, config::parse_command_line(schema, arguments));
    if (options.folder.size() != 1) {
        throw core::UsageError(concat(command, " needs one folder (DIR)"));
    }
    const fs::path folder = options.folder.front();
    const auto file = folder / record::journal_name;
    std::error_code ignored;
    if (!fs::is_regular_file(file, ignored)) {
        throw core::UsageError(concat(core::quoted(folder.string()),
                                      " is not an experiment (it has no ", record::journal_name,
                                      "), give a folder that msunet train has written"));
    }
    auto replay = record::replay(file);
    for (const auto& notice : replay.notices) core::log::warn(notice);
    return {folder, std::move(replay.record)};
}

core::ExitCode write_report(std::span<const std::string> arguments) {
    const auto [folder, record] = read_experiment("report", arguments);
    if (record::has_ended(record)) {
        for (const auto& [name, meaning] :
             write_final_files(unet::published_architecture(), folder, record)) {
            core::log::info(concat("wrote ", folder / name, ": ", meaning));
        }
        return core::ExitCode::ok;
    }
    report::write_partial_results(folder, report::make_sweep(record));
    report::write_report(folder, record);
    core::log::info(concat("wrote ", folder / "results.partial.csv", " and ",
                           folder / "report.html", ": ", record.unfinished(),
                           " trials have not ended yet"));
    return core::ExitCode::ok;
}

/// The start that writes the journal; nothing if none does. On this host a dead one is known.
std::optional<record::Owner> running_start(const record::SweepRecord& record) {
    return record::in_use_by(record, {this_owner().host, 0, {}}, core::unix_now());
}

std::string state_text(const record::SweepRecord& record) {
    if (record.finished || record.unfinished() == 0) return "finished";
    if (const auto user = running_start(record)) {
        return concat("running on ", user->host, " (pid ", user->pid, ")");
    }
    if (const auto limit = record::ended_by_limit(record)) {
        return concat("ended by --", record::name_of(*limit),
                      "; a start with another limit or without one continues the sweep");
    }
    if (record.starts.back().stopped) return "stopped; the same msunet train command resumes it";
    return concat("nothing runs: the start on ", record.owner.host, " (pid ", record.owner.pid,
                  ") was killed after ", core::date_text(record.last_sign_of_life),
                  "; the same msunet train command resumes it");
}

/// "running, epoch 3/20", or where nothing runs "interrupted in epoch 4/20, resumes after epoch 3".
std::string progress_text(const record::SweepRecord& record, record::TrialId id,
                          const record::TrialRecord& trial, const report::Forecast& forecast) {
    const auto planned = forecast.planned_epochs(record, id);
    const auto ended = static_cast<std::int64_t>(trial.epochs.size());
    const bool interrupted = trial.state == record::TrialState::running && !running_start(record);
    if (!interrupted) {
        return concat(record::name_of(trial.state), ", epoch ", ended, "/", planned);
    }
    const auto& checkpoint = trial.progress.checkpoint;
    return concat("interrupted in epoch ", std::min(ended + 1, planned), "/", planned,
                  checkpoint ? concat(", resumes after epoch ", checkpoint->epoch)
                             : std::string(", starts again"));
}

/// A trial that has started and not ended.
std::string started_text(const record::SweepRecord& record, record::TrialId id,
                         const record::TrialRecord& trial, const report::Forecast& forecast) {
    auto text = concat("  ", id, " ", progress_text(record, id, trial, forecast));
    if (!trial.epochs.empty()) {
        const auto& metrics = trial.epochs.back().metrics;
        text += concat(", loss ", core::fixed(metrics.loss, 4), ", Dice ",
                       core::fixed(metrics.dice_coef, 4));
        if (metrics.val_dice_coef) {
            text += concat(", val Dice ", core::fixed(*metrics.val_dice_coef, 4));
        }
    }
    return concat(text, ": ", core::permutation_text(record.permutation(id)));
}

core::ExitCode show_status(std::span<const std::string> arguments) {
    const auto [folder, record] = read_experiment("status", arguments);
    std::size_t failed = 0;
    for (const auto* result : record.results()) {
        if (result->state == record::TrialState::failed) ++failed;
    }
    const auto all = record.start.trials.size();
    core::log::info(
        concat("experiment   ", record.start.experiment_name, ", ", state_text(record)));
    core::log::info(concat("trials       ", all, ": ", all - record.unfinished(), " ended (",
                           failed, " failed), ", record.unfinished(), " left"));
    const report::Forecast forecast(record);
    for (const auto& [id, trial] : record.trials) {
        if (!trial.result) core::log::info(started_text(record, id, trial, forecast));
    }
    if (const auto* best = record::best(record); best != nullptr) {
        const auto ranked = *record::ranked_value(*best, record.start.metric);
        core::log::info(concat("best so far  ", best->trial, " with ", ranked.metric, " ",
                               core::fixed(ranked.value, 4), ": ",
                               core::permutation_text(best->permutation)));
    }
    const auto groups = report::groups_of(record.start.world);
    if (const auto left = forecast.seconds_left(groups); left && record.unfinished() > 0) {
        core::log::info(concat("time left    about ", core::duration_text(*left),
                               running_start(record) ? "" : " of training", ", ", groups,
                               groups == 1 ? " trial at a time" : " trials at a time"));
    }
    return core::ExitCode::ok;
}

void with_folder_schema(std::string_view command,
                        const std::function<void(const config::Schema&)>& use) {
    FolderOptions options;
    config::Schema schema{std::string(command)};
    schema.add("Experiment", options);
    use(schema);
}

constexpr const char* report_examples =
    "  msunet report sweep\n"
    "        Then open sweep/report.html in a browser.";

constexpr const char* status_examples = "  msunet status sweep";

std::vector<ExitCase> exit_cases() {
    return {{core::ExitCode::ok},
            {core::ExitCode::failure},
            {core::ExitCode::usage, "a folder that is not an experiment"}};
}

}  // namespace

Command report_command() {
    return {"report",
            "report DIR",
            "write tables, archive and report.html of an experiment again",
            "Writes the CSVs, the Deploy archive, best_model.hdf5 and report.html again from the "
            "experiment's journal. If the sweep has not ended, only report.html and "
            "results.partial.csv are written.",
            report_examples,
            exit_cases(),
            "  docs/formats.md    every file of an experiment",
            [](const auto& use) { with_folder_schema("report", use); },
            write_report};
}

Command status_command() {
    return {"status",
            "status DIR",
            "show the progress of an experiment",
            "Shows from an experiment's journal which trials are done, running and left, which one "
            "is the best so far, and how long the rest will take. It only reads, so it can be used "
            "at any time while the sweep runs, from any machine that has access to the folder.",
            status_examples,
            exit_cases(),
            "  docs/journal.md    the content of the journal",
            [](const auto& use) { with_folder_schema("status", use); },
            show_status};
}

}  // namespace msunet::app

// SPDX-License-Identifier: Apache-2.0
#include "finish_sweep.hpp"

#include <cstdint>
#include <string>

#include "msunet/comm/on_root.hpp"
#include "msunet/core/counted.hpp"
#include "msunet/core/log.hpp"
#include "msunet/core/text.hpp"
#include "msunet/core/time.hpp"
#include "msunet/experiment/final_files.hpp"
#include "msunet/record/ending.hpp"
#include "msunet/report/html.hpp"
#include "msunet/report/idle.hpp"
#include "msunet/report/results.hpp"
#include "msunet/report/scan_dice.hpp"
#include "msunet/report/search.hpp"
#include "msunet/report/sweep.hpp"
#include "msunet/report/terminal.hpp"

namespace msunet::app {

using core::concat;

namespace {

std::string stopped_text(const dispatch::SweepEnding& ending) {
    switch (ending.ending) {
        case sweep::Ending::stopped:
            return ending.stop_reason == record::StopReason::stop_before
                       ? "the job's end is near; start it again to resume"
                       : "a signal asked for it; start it again to resume";
        case sweep::Ending::time_limit:
            return "the time limit has come; a start with a later limit or without one continues "
                   "the sweep";
        case sweep::Ending::target:
            return "the performance target is reached; a start with another target or without one "
                   "continues the sweep";
        default:
            return {};
    }
}

/// How many trials have a checkpoint and no result, in words.
std::string paused_text(const record::SweepRecord& record) {
    std::size_t paused = 0;
    for (const auto& [training, known] : record.trials) {
        if (record.checkpoint_of(training)) paused += record.unfinished_trials(training).size();
    }
    if (paused == 0) return {};
    return concat("; ", core::counted(static_cast<std::int64_t>(paused), "trial is", "trials are"),
                  " paused in a checkpoint and not in the results");
}

}  // namespace

record::StopReason reason_of(const dispatch::SweepEnding& ending) {
    if (ending.ending == sweep::Ending::time_limit) return record::StopReason::time_limit;
    if (ending.ending == sweep::Ending::target) return record::StopReason::performance_target;
    return ending.stop_reason.value_or(record::StopReason::error);
}

core::ExitCode nothing_left(const plan::OpenExperiment& open, const comm::Communicator& world) {
    return comm::on_root(world, [&] {
        core::log::info(concat("nothing left to do: all trials of ", core::quoted(open.folder),
                               " have ended; another -n, or --resume never, begins a new "
                               "experiment"));
        const auto& record = open.choice->replay->record;
        for (const auto& line : record::failure_lines(record)) core::log::warn(line);
        const auto refit = experiment::recorded_refit(open.folder, record);
        experiment::warn_of_failure(refit);
        return experiment::exit_code_of(record, refit);
    });
}

core::ExitCode finish_sweep(const unet::Architecture& architecture,
                            const std::filesystem::path& folder, record::Journal& journal,
                            const dispatch::SweepEnding& ending,
                            const experiment::RefitState& refit) {
    const bool complete =
        journal.record().unfinished() == 0 && refit.stage != experiment::RefitStage::left;
    report::FinalSummary summary;
    summary.folder = folder.string();
    summary.idle_fraction = report::idle_fraction(journal.record());
    summary.ranks = static_cast<int>(journal.record().start.world.ranks);
    summary.starts = journal.record().starts.size();
    const bool stopped = !complete && ending.ending == sweep::Ending::stopped;
    if (const auto figures = report::search_figures(journal.record())) {
        summary.search = {report::rungs_text(*figures), report::epochs_text(*figures, complete)};
    }
    if (!complete) summary.stopped = stopped_text(ending) + paused_text(journal.record());
    if (complete) {
        // The date in the files' names and in the archive is the journal's last before this.
        summary.files =
            experiment::write_final_files(architecture, folder, journal.record(), refit);
        journal.append(record::Finished{core::unix_now()});
    } else if (!stopped) {
        // Before the files: whoever writes them again has the same record.
        journal.append(record::Stopped{reason_of(ending), core::unix_now()});
        summary.files =
            experiment::write_final_files(architecture, folder, journal.record(), refit);
    } else {
        report::write_partial_results(folder, report::make_sweep(journal.record()));
        report::write_report(folder, journal.record(), experiment::refit_note(refit));
        journal.append(record::Stopped{reason_of(ending), core::unix_now()});
    }
    journal.sync();
    summary.refit = experiment::refit_text(refit);
    const auto scans = report::read_scan_dice(folder, journal.record());
    summary.whole_masks = report::mean_dice_text(scans);
    const auto sweep = report::make_sweep(journal.record());
    summary.seconds = report::run_seconds(journal.record(), sweep.ended_at);
    core::log::info(report::format_final_summary(sweep, summary));
    experiment::warn_of_failure(refit);
    if (stopped) return core::ExitCode::stopped;
    return experiment::exit_code_of(journal.record(), refit);
}

}  // namespace msunet::app

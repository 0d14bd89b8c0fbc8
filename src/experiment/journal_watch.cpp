// SPDX-License-Identifier: Apache-2.0
#include "msunet/experiment/journal_watch.hpp"

#include <algorithm>
#include <chrono>
#include <system_error>
#include <thread>

#include "msunet/core/error.hpp"
#include "msunet/core/log.hpp"
#include "msunet/core/signals.hpp"
#include "msunet/core/text.hpp"
#include "msunet/core/time.hpp"
#include "msunet/job/world.hpp"

namespace msunet::experiment {

namespace fs = std::filesystem;
using core::concat;
using core::quoted;

namespace {

constexpr double look_seconds = 1;

std::string owner_text(const record::Owner& owner) {
    auto text = concat("host ", quoted(owner.host), ", pid ", owner.pid);
    if (!owner.slurm_job.empty()) text += concat(", Slurm job ", owner.slurm_job);
    return text;
}

[[noreturn]] void refuse(const fs::path& folder, const record::Owner& owner) {
    throw core::UsageError({.path = folder,
                            .kind = "experiment",
                            .problem = "is in use",
                            .why = owner_text(owner),
                            .advice = "wait until it ends or give another -n"});
}

std::uintmax_t size_of(const fs::path& file) {
    std::error_code ignored;
    return fs::file_size(file, ignored);
}

/// Waits for `seconds` as long as the journal does not grow. Returns whether it did not.
bool stays_silent(const fs::path& journal, std::uintmax_t size, double seconds,
                  const JournalWatch& watch) {
    const double end = watch.now() + seconds;
    while (watch.now() < end) {
        if (core::stop_requested()) {
            throw core::Error(core::ExitCode::stopped,
                              "stopped by a signal while waiting for the experiment");
        }
        watch.sleep(std::min(look_seconds, end - watch.now()));
        if (size_of(journal) != size) return false;
    }
    return true;
}

}  // namespace

JournalWatch JournalWatch::of_this_machine() {
    return {.waits = !core::log::is_terminal(),
            .now = core::unix_now,
            .sleep =
                [](double seconds) {
                    std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
                },
            .runs = record::process_runs,
            .job_runs = job::slurm_job_runs};
}

record::Replay replay_when_free(const fs::path& experiment, const record::Owner& self,
                                const JournalWatch& watch) {
    const auto journal = experiment / record::journal_name;
    auto replay = record::replay(journal);
    const double now = watch.now();
    const auto user = record::in_use_by(replay.record, self, now, watch.runs);
    if (!user) return replay;
    if (user->host == self.host) refuse(experiment, *user);
    if (!user->slurm_job.empty()) {
        const auto runs = watch.job_runs(user->slurm_job);
        if (runs && *runs) refuse(experiment, *user);
        if (runs) {
            core::log::info(concat("experiment ", quoted(experiment.string()), ": Slurm job ",
                                   user->slurm_job, " runs no longer"));
            return replay;
        }
    }
    if (!watch.waits) refuse(experiment, *user);
    const double age = std::max(0.0, now - replay.record.last_event_at);
    const double seconds = record::silence_seconds - age;
    core::log::info(concat("experiment ", quoted(experiment.string()), " was in use ",
                           core::duration_text(age), " ago (", owner_text(*user), "): waiting ",
                           core::duration_text(seconds), " to see whether that start was killed"));
    if (!stays_silent(journal, replay.read_bytes, seconds, watch)) refuse(experiment, *user);
    return replay;
}

}  // namespace msunet::experiment

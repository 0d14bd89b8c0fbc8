// SPDX-License-Identifier: Apache-2.0
/// \file
/// Whether a journal is still written: a job that follows a killed one finds a young heartbeat.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "msunet/record/journal.hpp"

namespace msunet::experiment {

/// What it takes to find out whether another start still writes a journal.
struct JournalWatch {
    /// Whether to wait for a heartbeat to grow old: nobody is there to start the command again.
    bool waits = false;
    std::function<double()> now;             ///< Unix seconds
    std::function<void(double)> sleep;       ///< seconds
    std::function<bool(std::int64_t)> runs;  ///< a pid of this host
    /// A job of Slurm; nothing where Slurm can't be asked.
    std::function<std::optional<bool>(const std::string&)> job_runs;

    /// With the clock of this machine, its processes and its Slurm. It waits unless a user sits at
    /// a terminal.
    [[nodiscard]] static JournalWatch of_this_machine();
};

/// The journal once no other start uses it. An owner on another host whose last event is younger
/// than record::silence_seconds is asked for at Slurm; where that says nothing the call waits until
/// the event is that old. The date of an event from the future (another clock) counts for nothing:
/// then the journal must not grow for so long. Throws core::UsageError that names the owner where
/// it is in use, core::Error with ExitCode::stopped when a signal asks for a stop.
[[nodiscard]] record::Replay replay_when_free(const std::filesystem::path& experiment,
                                              const record::Owner& self, const JournalWatch& watch);

}  // namespace msunet::experiment

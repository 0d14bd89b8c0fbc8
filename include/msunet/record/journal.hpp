// SPDX-License-Identifier: Apache-2.0
/// \file
/// The journal (`journal.jsonl`): append-only lines of JSON, the authoritative state of a sweep.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "msunet/record/event.hpp"

namespace msunet::record {

/// Its name in the experiment's folder.
inline constexpr std::string_view journal_name = "journal.jsonl";

/// The content of a journal.
struct Replay {
    SweepRecord record;
    std::int64_t version = journal_version;  ///< of the file
    std::vector<std::string> notices;  ///< a half-written last line that was dropped, and the like
    std::uint64_t valid_bytes = 0;     ///< length up to the last whole line
    std::uint64_t read_bytes = 0;      ///< length of the file when it was read
};

/// Reads a journal. A last line that is truncated or half-written is dropped with a notice. Throws
/// core::FileError if it can't be read, core::UsageError if it has no first line, is of a
/// newer version, or if a line in the middle is damaged, naming file and line.
[[nodiscard]] Replay replay(const std::filesystem::path& file);

/// The first event of a journal, without reading the others. Throws as `replay`.
[[nodiscard]] SweepStart read_start(const std::filesystem::path& file);

/// Throws core::UsageError if the journal was written by an older release, whose trials this one
/// can report but not resume.
void require_current_version(const std::filesystem::path& file, const Replay& replay);

/// Whether a pid of this host runs.
[[nodiscard]] bool process_runs(std::int64_t pid);

/// The longest time between two events of a start that runs: it writes a heartbeat.
inline constexpr double heartbeat_seconds = 30;

/// A journal whose last event is older is not in use.
inline constexpr double silence_seconds = 4 * heartbeat_seconds;

/// Who uses the journal: the owner of an unfinished start whose last event is younger than that,
/// unless it is the same Slurm job or a process of the same host that is dead. `runs` returns
/// whether a pid of `self.host` runs. Nothing if the journal is free.
[[nodiscard]] std::optional<Owner> in_use_by(
    const SweepRecord& record, const Owner& self, double now,
    const std::function<bool(std::int64_t)>& runs = process_runs);

/// The one writer of a journal, which it keeps locked as far as the file system knows locks. Not
/// copied, not shared between threads.
class Journal {
public:
    /// Creates a journal in an existing folder. Throws core::UsageError if there is one; of several
    /// processes that create the same one, one succeeds.
    static Journal create(const std::filesystem::path& file, const SweepStart& start);
    /// Continues a replayed journal: cuts off what `replay` dropped, appends `begins` (trials
    /// that ran when the job died, unknown to the journal), then `resumed`. Throws core::UsageError
    /// if an older release wrote the journal, or if another process has it open or has written to
    /// it since.
    static Journal open(const std::filesystem::path& file, Replay replay, const Resumed& resumed,
                        std::span<const TrialStarted> begins = {});

    Journal(Journal&&) noexcept;
    Journal& operator=(Journal&&) noexcept;
    ~Journal();

    /// Appends one line and updates `record()`; on disk after the next fsync (at most once a
    /// second, for all lines together). Throws core::Error if the line can't be written (a full
    /// disk); what was written of it is cut off again. Throws core::Error with the exit code of
    /// usage if another process has written to the file meanwhile, then and in all later calls.
    void append(const Event& event);
    /// Does the fsync if it is due; call it regularly.
    void poll();
    /// Waits until all lines are on disk.
    void sync();
    /// Whether all lines are on disk: files that they make superfluous may be deleted.
    [[nodiscard]] bool synced() const;

    /// The sweep's state after all lines.
    [[nodiscard]] const SweepRecord& record() const;

private:
    struct Impl;
    explicit Journal(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace msunet::record

// SPDX-License-Identifier: Apache-2.0
/// The journal: append-only JSON lines, the truth about a sweep (`journal.jsonl`).
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

/// What a journal says.
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

/// Throws core::UsageError if the journal was written by an older release, whose trials this one
/// can report but not resume.
void require_current_version(const std::filesystem::path& file, const Replay& replay);

/// Whether a pid of this host runs.
bool process_runs(std::int64_t pid);

/// Who has the journal in use: the owner of an unfinished start whose last sign of life is younger
/// than 120 s, unless it is the same Slurm job or a pid that is dead on the same host.
/// `runs` tells whether a pid of `self.host` runs. Nothing if it is free.
std::optional<Owner> in_use_by(const SweepRecord& record, const Owner& self, double now,
                               const std::function<bool(std::int64_t)>& runs = process_runs);

/// The one writer of a journal, which it keeps locked as far as the file system knows locks. Not
/// copied, not shared between threads.
class Journal {
public:
    /// Begins a journal in an existing folder. Throws core::UsageError where there is one; of
    /// several processes that begin the same one, one succeeds.
    static Journal create(const std::filesystem::path& file, const SweepStart& start);
    /// Goes on with a replayed journal: cuts off what `replay` dropped, appends `begins` (trials
    /// that ran when the job died, unknown to the journal), then `resumed`. Throws core::UsageError
    /// if an older release wrote the journal, or if another process has it open or has written to
    /// it since.
    static Journal open(const std::filesystem::path& file, Replay replay, const Resumed& resumed,
                        std::span<const TrialStarted> begins = {});

    Journal(Journal&&) noexcept;
    Journal& operator=(Journal&&) noexcept;
    ~Journal();

    /// Appends one line and brings `record()` up to date; on disk after the next grouped fsync (at
    /// most once a second). Throws core::Error if the line can't be written (a full disk); what
    /// had been written of it is cut off again. Throws core::Error with the exit code of usage if
    /// another process has written to the file meanwhile, then and ever after.
    void append(const Event& event);
    /// Does a grouped fsync that is due; call it now and then.
    void poll();
    /// Waits until all lines are on disk.
    void sync();
    /// Whether all lines are on disk: deletions that they permit may follow.
    bool synced() const;

    /// The sweep's state after all lines.
    const SweepRecord& record() const;

private:
    struct Impl;
    explicit Journal(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace msunet::record

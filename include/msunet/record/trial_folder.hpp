// SPDX-License-Identifier: Apache-2.0
/// \file
/// What a group's leader leaves in `trials/<id>/` for the next start: that the trial runs, and its
/// result. Rank 0 hears of both by messages too, but a job may die before it does: a trial that
/// kills the job at once would otherwise never be counted as its cause.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "msunet/record/event.hpp"
#include "msunet/record/journal.hpp"
#include "msunet/record/sweep_record.hpp"

namespace msunet::record {

/// Marks that a trial runs, led by this world rank. Throws core::FileError.
void mark_running(const std::filesystem::path& trial_folder, std::int64_t rank);
/// Removes the mark. A process that dies leaves it.
void unmark_running(const std::filesystem::path& trial_folder);

/// Writes the result to the disk before it returns. Throws core::FileError.
void write_result(const std::filesystem::path& trial_folder, const TrialResult& result);

/// Trials that ran when the job died although the journal doesn't know that they had started.
[[nodiscard]] std::vector<TrialStarted> unrecorded_starts(const SweepRecord& record,
                                                          const std::filesystem::path& experiment);

/// Removes what a dead job left in an experiment: marks, and files that it had not finished (a
/// checkpoint has 29 MB). For the start that holds the journal alone.
void remove_leftovers(const std::filesystem::path& experiment);

/// Adds results to the journal that leaders wrote but it lacks.
void adopt_results(Journal& journal, const std::filesystem::path& experiment);

/// Makes failed trials run again: removes their results from the journal and from the disk.
void retry_failed(Journal& journal, const std::filesystem::path& experiment);

}  // namespace msunet::record

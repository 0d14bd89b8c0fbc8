// SPDX-License-Identifier: Apache-2.0
/// \file
/// Which trials run, told by their leaders on disk. Rank 0 hears of a trial's begin only between
/// its own steps; a trial that kills the job at once would otherwise never be counted as its cause.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "msunet/record/event.hpp"
#include "msunet/record/sweep_record.hpp"

namespace msunet::app {

/// The leader's mark in a trial's folder: it runs, led by this rank. Throws core::FileError.
void mark_running(const std::filesystem::path& trial_folder, std::int64_t rank);
/// Removes the mark. Not called where the process dies.
void unmark_running(const std::filesystem::path& trial_folder);

/// Trials that ran when the job died although the journal doesn't know that they had begun.
std::vector<record::TrialStarted> unnoticed_begins(const record::SweepRecord& record,
                                                   const std::filesystem::path& folder);
/// Removes what a dead job left: marks, and files that it had not finished (a checkpoint's 29 MB).
/// Only the start that holds the journal may call it.
void remove_leftovers(const std::filesystem::path& folder);

}  // namespace msunet::app

// SPDX-License-Identifier: Apache-2.0
/// \file
/// Lines that a run prints: one per epoch, a progress bar, the final summary.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "msunet/report/sweep.hpp"

namespace msunet::report {

/// One finished epoch of one training.
struct EpochLine {
    std::uint64_t trial = 0;
    std::size_t others = 0;  ///< permutations that it serves besides
    bool is_refit = false;   ///< then it is named so, not by its id
    std::int64_t epoch = 0;  ///< from 1
    std::int64_t epochs = 0;
    double loss = 0;
    double dice = 0;
    std::optional<double> val_loss{};
    std::optional<double> val_dice{};
    double seconds = 0;
    double samples_per_second = 0;
    /// Seconds until the whole sweep is done, where an estimate exists.
    std::optional<double> seconds_left{};
};

/// The heading over epoch lines, with the same columns.
[[nodiscard]] std::string epoch_heading(bool has_validation);

/// One epoch in fixed columns: trial, epoch, loss, Dice, validation, time, samples/s, time left.
[[nodiscard]] std::string format_epoch_line(const EpochLine& line);

/// The progress of a piece of work.
struct Progress {
    std::string label;  ///< "preprocessing", "trial 3 epoch 2/20"
    std::uint64_t done = 0;
    std::uint64_t total = 0;
    std::optional<double> seconds_left{};
    std::string note{};  ///< "loss 0.421"
};

/// One line for a terminal of `width` columns, without line end: label, bar, percent, counts, time
/// left, note. Never wider than `width`.
[[nodiscard]] std::string format_progress(const Progress& progress, std::size_t width);

/// What the final summary shows besides the sweep.
struct FinalSummary {
    std::string folder;
    /// Files worth naming, with what they are: {"112326090851.csv", "results, one row per
    /// trial"}.
    std::vector<std::pair<std::string, std::string>> files;
    /// Share of rank time in which ranks had no work, 0…1.
    std::optional<double> idle_fraction{};
    int ranks = 1;
    double seconds = 0;      ///< that all starts of the program ran (run_seconds)
    std::size_t starts = 1;  ///< of the program
    /// Means of the Dice of the best model's whole masks, or empty.
    std::string whole_masks{};
    /// What a search did (rungs_text, epochs_text), or empty.
    std::vector<std::string> search{};
    /// The training of the best permutation on all scans, or empty.
    std::string refit{};
    /// Why the sweep ended before all trials ran ("time limit reached"), or empty.
    std::string stopped{};
};

/// Best trial with its hyperparameters and metrics, counts of failures, time, idle time, files.
[[nodiscard]] std::string format_final_summary(const Sweep& sweep, const FinalSummary& summary);

}  // namespace msunet::report

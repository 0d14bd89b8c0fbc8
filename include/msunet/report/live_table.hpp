// SPDX-License-Identifier: Apache-2.0
/// \file
/// The table of the running trials on a terminal.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace msunet::report {

/// A running training.
struct RunningTrial {
    std::uint64_t trial = 0;
    std::size_t others = 0;  ///< permutations that it serves besides
    bool is_refit = false;   ///< then it is named so, not by its id
    std::int64_t epoch = 0;  ///< epochs complete
    std::int64_t epochs = 0;
    std::optional<double> loss{};  ///< of the last complete epoch, as the next two
    std::optional<double> dice{};
    std::optional<double> val_dice{};
    double share = 0;  ///< of its time so far, 0…1
    std::optional<double> seconds_left{};
};

/// The whole sweep.
struct SweepTotals {
    std::size_t done = 0;  ///< failed and stopped ones not counted
    std::size_t failed = 0;
    std::size_t running = 0;
    std::size_t left = 0;  ///< neither ended nor served by what runs
    std::string best{};    ///< "3: val_dice_coef 0.9312", or empty
    std::optional<double> seconds_left{};
    std::size_t stopped = 0;  ///< by the search
    bool at_most = false;     ///< `seconds_left` is a bound
};

/// A heading, a row for each trial, then the totals, in at most `height` (4 or more) lines of at
/// most `width` characters. Trials without room are counted in one line.
[[nodiscard]] std::string format_live_table(const std::vector<RunningTrial>& trials,
                                            const SweepTotals& totals, std::size_t width,
                                            std::size_t height);

/// "3 done, 1 failed, 2 running, 4 left".
[[nodiscard]] std::string format_counts(const SweepTotals& totals);

}  // namespace msunet::report

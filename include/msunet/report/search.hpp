// SPDX-License-Identifier: Apache-2.0
/// \file
/// What a search (`--strategy`) has done: trials at its rungs, promotions, epochs spent.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "msunet/record/sweep_record.hpp"

namespace msunet::report {

/// The trials that were compared after so many epochs.
struct RungCount {
    std::int64_t epoch = 0;
    std::size_t arrived = 0;
    std::size_t promoted = 0;
    std::size_t stopped = 0;  ///< the others wait for a decision
};

/// A value of the metric, at a rung or at the end of a trial; with folds on the first fold.
struct SearchValue {
    record::TrialId trial = 0;      ///< with folds its permutation
    std::int64_t epochs_spent = 0;  ///< in all trials until then
    double value = 0;
};

struct SearchFigures {
    std::string strategy;
    std::vector<RungCount> rungs;  ///< by epoch
    std::size_t completed = 0;     ///< trainings that were not stopped, as the rungs count
    std::optional<std::size_t> on_other_folds;  ///< with folds: trainings there that ended
    std::int64_t epochs_spent = 0;
    std::int64_t epochs_of_grid = 0;  ///< that all trials would take to their ends
    std::vector<SearchValue> values;  ///< in the order in which they came
};

/// Nothing for a grid, which trains all trials to their ends.
[[nodiscard]] std::optional<SearchFigures> search_figures(const record::SweepRecord& record);

/// "halving: 27 trials after 1 epoch, 9 after 3, 3 after 9, 1 to the end", with folds "halving on
/// the first fold: … 1 to the end; 4 trials on the other folds".
[[nodiscard]] std::string rungs_text(const SearchFigures& figures);
/// "63 epochs trained, of 540 in the whole grid (88 % saved)"; saved is said once it has ended.
[[nodiscard]] std::string epochs_text(const SearchFigures& figures, bool ended);

}  // namespace msunet::report

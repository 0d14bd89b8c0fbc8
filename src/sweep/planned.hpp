// SPDX-License-Identifier: Apache-2.0
/// \file
/// How many epochs a search takes.
#pragma once

#include <cstdint>
#include <vector>

#include "msunet/sweep/strategy.hpp"

namespace msunet::sweep {

/// The largest number of epochs of a training; 0 if there is none.
[[nodiscard]] std::int64_t most_epochs(const std::vector<Training>& trainings);

/// Hyperband's division of the trainings that have epochs.
struct BracketPart {
    std::int64_t first_rung = 0;
    std::vector<Training> trainings;
};
[[nodiscard]] std::vector<BracketPart> bracket_parts(const SearchRules& rules,
                                                     const std::vector<Training>& trainings);

/// Epochs that successive halving assigns at most to all trainings together.
[[nodiscard]] std::int64_t halving_epochs(const SearchRules& rules,
                                          const std::vector<Training>& trainings);
/// Likewise Hyperband.
[[nodiscard]] std::int64_t hyperband_epochs(const SearchRules& rules,
                                            const std::vector<Training>& trainings);

/// Epochs that one bracket assigns at most.
[[nodiscard]] std::int64_t bracket_epochs(const SearchRules& rules, std::int64_t first_rung,
                                          const std::vector<Training>& candidates);

}  // namespace msunet::sweep

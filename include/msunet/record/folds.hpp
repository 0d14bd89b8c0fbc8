// SPDX-License-Identifier: Apache-2.0
/// \file
/// Cross-validation: each permutation is trained on K folds in R repeats, in K x R trials.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "msunet/record/trial.hpp"

namespace msunet::record {

/// How often each permutation is trained. Without folds a trial's id is that of its permutation.
struct Folding {
    std::uint64_t folds = 0;    ///< K; 0: no folds
    std::uint64_t repeats = 0;  ///< R; 0: no folds
    /// In a search (`--strategy`): the trial number 0 of each permutation is compared, and the
    /// others are trained only where it is done.
    bool first_decides = false;

    [[nodiscard]] bool any() const { return folds > 0; }
    /// Trials of a permutation.
    [[nodiscard]] std::uint64_t trials() const { return any() ? folds * repeats : 1; }

    /// The id of a trial: permutation x K x R + repeat x K + fold. Folds and repeats from 0.
    [[nodiscard]] TrialId trial(TrialId permutation, std::uint64_t fold,
                                std::uint64_t repeat) const {
        return any() ? permutation * trials() + repeat * folds + fold : permutation;
    }
    /// The permutation's index in the grid.
    [[nodiscard]] TrialId permutation(TrialId trial) const { return trial / trials(); }
    [[nodiscard]] std::uint64_t fold(TrialId trial) const { return any() ? trial % folds : 0; }
    [[nodiscard]] std::uint64_t repeat(TrialId trial) const {
        return number(trial) / (any() ? folds : 1);
    }
    /// The trial's number among those of its permutation: repeat x K + fold; 0 without folds.
    [[nodiscard]] std::uint64_t number(TrialId trial) const { return trial % trials(); }
    /// The trial number 0 of its permutation.
    [[nodiscard]] TrialId first(TrialId trial) const { return trial - number(trial); }
    /// Whether it is trained only once the first trial of its permutation is done.
    [[nodiscard]] bool waits_for_first(TrialId trial) const {
        return first_decides && number(trial) > 0;
    }
    /// Whether the other trials of its permutation are left out when this one has ended: the first
    /// one decides and is not done.
    [[nodiscard]] bool leaves_out_others(TrialId trial, bool is_done) const {
        return first_decides && number(trial) == 0 && !is_done;
    }
    /// Whether its number is the highest.
    [[nodiscard]] bool is_last(TrialId trial) const { return number(trial) + 1 == trials(); }
    /// Which of the K x R splits of the data it is trained on; nothing without folds.
    [[nodiscard]] std::optional<std::size_t> split(TrialId trial) const {
        return any() ? std::optional<std::size_t>(number(trial)) : std::nullopt;
    }

    bool operator==(const Folding&) const = default;
};

/// "fold 2 of 5", with several repeats "fold 2 of 5, repeat 1 of 3"; empty without folds.
[[nodiscard]] std::string fold_text(const Folding& folding, TrialId trial);

/// " [permutation 2, fold 1 of 5]" of a trial; empty without folds.
[[nodiscard]] std::string fold_in_brackets(const Folding& folding, TrialId trial);

/// The trials of permutations, which are ascending.
[[nodiscard]] std::vector<TrialId> trials_of_permutations(const Folding& folding,
                                                          const std::vector<TrialId>& permutations);

/// The shared trainings (SweepStart::shared) of trials from those of permutations: permutations
/// that share one share one on each fold.
[[nodiscard]] std::vector<std::vector<TrialId>> shared_by_fold(
    const Folding& folding, const std::vector<std::vector<TrialId>>& permutations);

}  // namespace msunet::record

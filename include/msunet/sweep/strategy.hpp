// SPDX-License-Identifier: Apache-2.0
/// \file
/// How far each trial of a sweep runs: a grid trains all of them to the end, the others stop those
/// that do badly early.
///
/// A rung is a number of epochs at which trials are compared: `min_epochs` × `factor`^k, below a
/// trial's own largest number of epochs. A trial pauses at its next rung with a checkpoint; then it
/// is promoted, which means trained on to the rung after that or to its end, or stopped for good.
///
/// Strategies are pure: what they decide depends on the trainings that they are made from, which
/// come from the record of the journal, and on the calls that follow. A strategy that is made again
/// from the record goes on as the first one would have.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "msunet/record/sweep_record.hpp"
#include "msunet/sweep/options.hpp"

namespace msunet::sweep {

/// A trial that may be trained now, and how far.
struct Work {
    record::TrialId trial = 0;
    std::optional<std::int64_t> until_epoch;  ///< nothing: to the end
    std::int64_t rung = 0;     ///< that it ends at; one more than the last for the end
    std::int64_t bracket = 0;  ///< of Hyperband, from 0, the one with the most trials
    bool promoted = false;     ///< by this decision; else the trial begins or goes on as before

    friend bool operator==(const Work&, const Work&) = default;
};

/// What a strategy has decided.
struct Decisions {
    std::vector<Work> work;                ///< may be trained now
    std::vector<record::TrialId> stopped;  ///< are not trained any more

    [[nodiscard]] bool empty() const { return work.empty() && stopped.empty(); }
    /// Adds what was decided after these.
    void append(const Decisions& later);
};

/// A training as the strategies need to know it, with what the record says of it. `trial` is its id
/// here and in `Work`; "a trial" stands for it in this file.
struct Training {
    record::TrialId trial = 0;
    std::int64_t epochs = 0;  ///< the most that it is trained; 0: no epochs (PCA), not compared
    std::vector<std::int64_t> shorter;          ///< epochs of its permutations that end before
    bool started = false;                       ///< at least once
    std::vector<std::optional<double>> values;  ///< of the metric, at each rung that it has reached
    std::int64_t promotions = 0;  ///< so many rungs has it been sent to after its first
    /// How it ended. `completed` includes the end by early stopping.
    enum class End : std::uint8_t { none, completed, failed, stopped } end = End::none;
};

/// Decides which trials run how far; the scheduler decides when and where.
class Strategy {
public:
    virtual ~Strategy() = default;

    /// The first decisions; `trials` are those without a result, in ascending order.
    virtual Decisions begin(const std::vector<record::TrialId>& trials) = 0;
    /// A trial was paused at its `until_epoch`, with this value of the metric; NaN counts as none.
    virtual Decisions paused(record::TrialId trial, std::optional<double> value) = 0;
    /// A trial has a result.
    virtual Decisions ended(record::TrialId trial, bool failed) = 0;
    /// A trial joins the sweep. Throws std::logic_error where the strategy has to know all of them
    /// at its start.
    virtual Decisions added(const Training& training) = 0;
    /// No further trial will join, although more were expected (SearchRules::expected).
    virtual Decisions none_will_join() { return {}; }
    /// Further work, asked for when a group can take a trial and none waits. Nothing: none now.
    virtual Decisions next() { return {}; }
};

/// What a strategy goes by.
struct SearchRules {
    StrategyKind kind = StrategyKind::grid;
    std::int64_t factor = 3;             ///< of each rung's trials one of so many is promoted
    std::int64_t min_epochs = 1;         ///< at the first rung
    std::optional<std::int64_t> budget;  ///< epochs that may be assigned in total
    bool lower_is_better = false;
    std::uint64_t seed = 0;
    std::size_t expected = 0;  ///< trials that will join it (see `added`)
    /// With folds the trials that a strategy compares are those of the first one. A permutation
    /// that reaches its end there gets so many further trials, on the other folds of all repeats,
    /// which count in the budget.
    std::int64_t on_other_folds = 0;
};

/// The rules that an experiment was started with; those of a grid for a release before 0.2.
[[nodiscard]] SearchRules rules_of(const record::SweepStart& start);

/// The strategy of these rules. `trainings`: all of the sweep, in ascending order, those with a
/// result too.
[[nodiscard]] std::unique_ptr<Strategy> make_strategy(const SearchRules& rules,
                                                      const std::vector<Training>& trainings);

/// A grid: every trial runs to its last epoch.
[[nodiscard]] std::unique_ptr<Strategy> grid_strategy();

/// Trials of a bracket of Hyperband, and the number of its first rung.
struct BracketSize {
    std::size_t trials = 0;
    std::int64_t first_rung = 0;

    friend bool operator==(const BracketSize&, const BracketSize&) = default;
};
/// The brackets by which Hyperband divides `trials` that are trained up to `epochs`: as many in
/// each as in its published proportions, n = ⌈(s + 1) / (i + 1) × factor^i⌉ with i from
/// s = ⌊log_factor(epochs / min_epochs)⌋ down to 0, by the largest remainders.
[[nodiscard]] std::vector<BracketSize> hyperband_brackets(const SearchRules& rules,
                                                          std::int64_t epochs, std::size_t trials);

/// The epochs at which trials of up to `epochs` are compared.
[[nodiscard]] std::vector<std::int64_t> rung_epochs(const SearchRules& rules, std::int64_t epochs);

/// Epochs that these rules assign at most to all trainings together if none fails; of asha, which
/// may promote some more, what the same rungs take if all decisions wait for all results.
[[nodiscard]] std::int64_t planned_epochs(const SearchRules& rules,
                                          const std::vector<Training>& trainings);

}  // namespace msunet::sweep

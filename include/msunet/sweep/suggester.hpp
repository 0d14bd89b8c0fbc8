// SPDX-License-Identifier: Apache-2.0
/// \file
/// Samplers that choose the next permutation by the results so far.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "msunet/record/folds.hpp"
#include "msunet/record/trial.hpp"
#include "msunet/sweep/grid.hpp"
#include "msunet/sweep/strategy.hpp"

namespace msunet::sweep {

/// Suggests permutations of a grid, none twice. Its state is a function of what was suggested and
/// of the results, in whatever order they came: a sweep that is resumed passes both to a new
/// suggester, which then goes on as the first one would have.
class Suggester {
public:
    virtual ~Suggester() = default;

    /// The permutation to try next; it counts as running until `ended`. Nothing if none is left.
    virtual std::optional<record::TrialId> suggest() = 0;
    /// As if `suggest` had answered this permutation: on an earlier start.
    virtual void suggested(record::TrialId trial) = 0;
    /// A suggested permutation has a result: its value of the metric; nothing if it has none
    /// (failed, PCA), NaN counting as none.
    virtual void ended(record::TrialId trial, std::optional<double> value) = 0;
};

/// Whether a permutation may be suggested.
using Accepts = std::function<bool(record::TrialId trial)>;

/// Settings of the tree-structured Parzen estimator.
struct TpeSettings {
    std::uint64_t seed = 1;
    std::string metric;           ///< decides which value is better (record::is_better)
    std::size_t startup = 10;     ///< results before which suggestions are drawn uniformly
    std::size_t candidates = 24;  ///< drawn for each suggestion
};

/// Tree-structured Parzen estimator over the values of a grid: Bergstra, Bardenet, Bengio, Kégl,
/// "Algorithms for Hyper-Parameter Optimization", NeurIPS 2011, with one estimator over all axes
/// together: Falkner, Klein, Hutter, "BOHB", ICML 2018; Watanabe, arXiv:2304.11127, 2023.
///
/// The best ceil(results / 10) results, at most 25 as in Optuna, are the good group; all others are
/// the bad one, with those that have no value. Running permutations count as bad until they end
/// (constant liar: Ginsbourger, Le Riche, Carraro 2010), so that groups that ask at the same time
/// are sent to different places. Of `candidates` distinct permutations drawn from the density of
/// the good group, the one with the largest ratio of both densities is suggested. Axes of numbers
/// are ordered, by rank; axes with any word, boolean or None are categories.
///
/// `accepts` may be empty. In a grid of more than `selection_limit` permutations a suggester also
/// ends where 100,000 draws in a row find nothing acceptable.
[[nodiscard]] std::unique_ptr<Suggester> tpe(const ParameterGrid& grid, TpeSettings settings,
                                             Accepts accepts = {});

/// A suggester in a sweep: trials come and go, which with folds make a permutation together.
class Sampling {
public:
    explicit Sampling(std::unique_ptr<Suggester> suggester, record::Folding folding = {});

    [[nodiscard]] const record::Folding& folding() const { return folding_; }
    /// The first trial of the permutation to try next; nothing if none is left.
    std::optional<record::TrialId> suggest();
    /// As if `suggest` had answered this trial: on an earlier start.
    void suggested(record::TrialId first);
    /// A trial has a result. The suggester is told of a permutation when all of its trials have
    /// one, with the mean over those that have a value; nothing if one has failed. At once where
    /// this one leaves out the others (Folding::leaves_out_others).
    void ended(record::TrialId trial, Training::End end, std::optional<double> value);

private:
    struct Trials {
        std::map<std::uint64_t, std::optional<double>> values;  ///< of those that ended, by number
        bool failed = false;
    };

    std::unique_ptr<Suggester> suggester_;
    record::Folding folding_;
    std::map<record::TrialId, Trials> running_;  ///< by permutation
};

}  // namespace msunet::sweep

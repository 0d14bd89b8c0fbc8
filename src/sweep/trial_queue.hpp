// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <tuple>

#include "msunet/sweep/scheduler.hpp"

namespace msunet::sweep {

/// Trials that wait, in the order in which they start: those with a checkpoint first, then those
/// whose first one is done on its fold (TrialPlan::first), so that permutations become complete
/// before further ones begin; of each kind the most expensive, then by id. Those that must run
/// alone wait apart.
class TrialQueue {
public:
    void add(const TrialPlan& plan);
    /// Removes the first trial. There must be one.
    record::TrialId take_first();
    /// Removes the first of those that must run alone. There must be one.
    record::TrialId take_first_alone();

    /// How many wait that may run beside others.
    [[nodiscard]] std::size_t size() const { return beside_others_.size(); }
    [[nodiscard]] bool has_alone() const { return !alone_.empty(); }
    [[nodiscard]] bool empty() const { return beside_others_.empty() && alone_.empty(); }

private:
    enum class Rank : std::uint8_t { has_checkpoint, on_other_fold, further };
    using Key = std::tuple<Rank, double, record::TrialId>;

    static Rank rank_of(const TrialPlan& plan);

    std::set<Key> beside_others_;
    std::set<Key> alone_;
};

}  // namespace msunet::sweep

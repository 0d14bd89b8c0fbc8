// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "msunet/sweep/scheduler.hpp"

namespace msunet::sweep {

/// One training and where it is.
struct Trial {
    enum class Place {
        without_work,  ///< the strategy has none for it now, or it waits for its first fold
        waiting,       ///< in the queue
        sent,          ///< a group holds it and has not started it
        started,       ///< a group trains it
        ended          ///< all of its permutations have a result
    } place = Place::without_work;
    TrialPlan plan;
    std::optional<std::int64_t> until_epoch;
    bool recalled = false;
};

/// The trainings of a sweep, and which of them wait for the one on the first fold
/// (TrialPlan::first).
class TrialTable {
public:
    /// After that of its `first`, if this one has a plan.
    void add(TrialPlan plan);

    [[nodiscard]] Trial& at(record::TrialId training) { return trials_.at(training); }
    /// Null if there is none.
    [[nodiscard]] Trial* find(record::TrialId training);
    [[nodiscard]] const std::map<record::TrialId, Trial>& all() const { return trials_; }
    [[nodiscard]] std::size_t unfinished() const { return unfinished_; }

    /// The training has come to an end of a permutation that is not trained on other folds.
    void leave_out(record::TrialId training, record::TrialId end);
    /// All of its permutations have a result, those among its `ends` since it was stopped or has
    /// failed. Returns the trainings on other folds that may begin; those without an end have ended
    /// too.
    [[nodiscard]] std::vector<record::TrialId> end(Trial& trial);

private:
    void set_ended(Trial& trial);

    std::map<record::TrialId, Trial> trials_;
    std::map<record::TrialId, std::vector<record::TrialId>> others_;  ///< by their `first`
    std::size_t unfinished_ = 0;
};

}  // namespace msunet::sweep

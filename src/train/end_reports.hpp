// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "msunet/train/trainer.hpp"

namespace msunet::train {

/// Makes and reports the results of the permutations that a training serves, and knows which have
/// none yet. The same on all ranks of the group.
class EndReports {
public:
    /// The attempt begins now.
    EndReports(const TrialContext& context, const record::Assignment& assignment,
               record::TrialControl& control);

    /// The results' time includes these seconds, too: those of another training's epochs.
    void add_spent(double seconds) { added_seconds_ += seconds; }
    /// Of those without a result, in the assignment's order.
    [[nodiscard]] const std::vector<record::TrainingEnd>& left() const { return left_; }
    /// A result that ends now, complete except for what was trained.
    [[nodiscard]] record::TrialResult result(record::TrialId trial, record::TrialState state) const;
    [[nodiscard]] record::TrialResult failure(record::TrialId trial, std::string reason) const;
    /// Reports a result to the control.
    void report(const record::TrialResult& result);

private:
    [[nodiscard]] record::Attempt attempt_of(record::TrialId trial) const;

    const TrialContext& context_;
    const record::Assignment& assignment_;
    record::TrialControl& control_;
    double started_at_;
    double added_seconds_ = 0;
    std::vector<record::TrainingEnd> left_;
};

}  // namespace msunet::train

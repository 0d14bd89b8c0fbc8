// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "msunet/record/control.hpp"

namespace msunet::record {

/// How far a trial has come, and how often the job died while it ran since it last came further.
/// The one place of the rule for trials that may bring the job down: a new checkpoint further than
/// the last one clears the deaths; after three the trial runs alone; after four it has failed.
struct Progress {
    std::optional<CheckpointReport> checkpoint;  ///< newest
    int deaths = 0;

    /// A checkpoint of the trial is on disk.
    void saved(const CheckpointReport& report);
    /// The job died while the trial ran.
    void died() { ++deaths; }

    /// Whether no other trial may run beside it.
    [[nodiscard]] bool must_run_alone() const { return deaths >= 3; }
    /// Whether it counts as failed and is not tried again.
    [[nodiscard]] bool has_failed() const { return deaths >= 4; }

    bool operator==(const Progress&) const = default;
};

/// "after epoch 3", or where it was saved within an epoch "in epoch 4 after step 10".
[[nodiscard]] std::string position_text(const CheckpointReport& checkpoint);

}  // namespace msunet::record

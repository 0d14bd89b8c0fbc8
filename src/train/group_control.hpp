// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "msunet/comm/communicator.hpp"
#include "msunet/record/control.hpp"

namespace msunet::train {

/// Reports steps, epochs and checkpoints of a trial to its control. The control's answers may
/// differ between the ranks of the group: they agree on the largest through the status of the
/// engine's reductions, a group of one at once, a larger one in its next reduction.
class GroupControl {
public:
    GroupControl(record::TrialControl& control, const comm::Communicator& group,
                 record::TrialId trial)
        : control_(control), group_(group), trial_(trial) {}

    /// What this rank asks for in the next reduction.
    [[nodiscard]] std::int64_t status() const { return asked_; }
    /// Takes the status that a reduction brought.
    void learn(std::int64_t status);
    /// Whether the group has agreed to pause or stop; the same on every rank.
    [[nodiscard]] bool pause_agreed() const { return agreed_ > 0; }

    /// A training step or a batch of an evaluation has ended; `epoch` and `step` count from 0.
    void step_ended(std::int64_t epoch, std::int64_t step, std::int64_t steps, double seconds);
    /// Collective over the group: an epoch has ended, its evaluation included.
    void epoch_ended(const record::EpochReport& report);
    void checkpoint_written(const record::CheckpointReport& report);

    /// The control itself, for steps whose answers don't count.
    [[nodiscard]] record::TrialControl& control() { return control_; }

private:
    void ask(record::Answer answer);

    record::TrialControl& control_;
    const comm::Communicator& group_;
    record::TrialId trial_;
    std::int64_t asked_ = 0;
    std::int64_t agreed_ = 0;
};

}  // namespace msunet::train

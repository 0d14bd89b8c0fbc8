// SPDX-License-Identifier: Apache-2.0
#include "train/group_control.hpp"

#include <algorithm>

namespace msunet::train {

void GroupControl::ask(record::Answer answer) {
    asked_ = std::max(asked_, static_cast<std::int64_t>(answer));
    if (group_.size() == 1) agreed_ = asked_;
}

void GroupControl::learn(std::int64_t status) { agreed_ = std::max(agreed_, status); }

void GroupControl::step_ended(std::int64_t epoch, std::int64_t step, std::int64_t steps,
                              double seconds) {
    ask(control_.after_step(
        {.trial = trial_, .epoch = epoch, .step = step, .steps = steps, .seconds = seconds}));
}

void GroupControl::epoch_ended(const record::EpochReport& report) {
    ask(control_.after_epoch(trial_, report));
    if (group_.size() > 1) learn(group_.all_reduce(asked_, comm::Operation::max));
}

void GroupControl::checkpoint_written(const record::CheckpointReport& report) {
    control_.checkpoint_written(report);
}

}  // namespace msunet::train

// SPDX-License-Identifier: Apache-2.0
// What simulated groups read and write. A group has one file at a time, as a leader of the program.
#include <algorithm>
#include <utility>

#include "job.hpp"
#include "msunet/core/time_share.hpp"

namespace msunet::simulation {

using sweep::GroupId;
using Purpose = Transfer::Purpose;

void Job::plan_checkpoint(GroupId id, double time) {
    plan(std::max(now_, time), id, CheckpointDue{at(id).starts});
}

void Job::handle(GroupId id, const CheckpointDue& due) {
    Group& group = at(id);
    if (!group.training || due.start != group.starts || group.follows) return;
    const double position = position_of(group);
    if (!group.file) {
        open_file(id, Purpose::checkpoint, position);
    } else if (group.file->purpose == Purpose::checkpoint) {
        halt_for(id, Purpose::checkpoint, position);
    }
}

void Job::open_file(GroupId id, Purpose purpose, double position) {
    at(id).file = {.purpose = purpose, .position = position, .began = now_};
    if (cluster_.checkpoints.patience == 0 && purpose == Purpose::checkpoint) {
        plan_checkpoint(id, now_ + cluster_.checkpoints.interval);
    }
    const auto& files = cluster_.files;
    if (files.bandwidth <= 0) {
        file_complete(id);
        return;
    }
    plan(now_ + files.file_seconds, id,
         FileOpened{purpose == Purpose::result ? files.result_bytes : files.checkpoint_bytes});
}

void Job::handle(GroupId id, const FileOpened& opened) { disk_.begin(opened.bytes, id, now_); }

/// Training waits for a file, and before that for the one in flight.
void Job::halt_for(GroupId id, Purpose purpose, double position) {
    Group& group = at(id);
    halt(group, position);
    if (group.file) {
        group.follows = purpose;
    } else {
        open_file(id, purpose, position);
    }
}

void Job::file_complete(GroupId id) {
    Group& group = at(id);
    const Transfer file = *std::exchange(group.file, std::nullopt);
    switch (file.purpose) {
        case Purpose::resume:
            plan_checkpoint(id, now_ + cluster_.checkpoints.interval);
            train_on(id, group.saved);
            return;
        case Purpose::result:
            finish(id);
            return;
        case Purpose::pause:
            checkpoint_saved(id, file.position);
            leave_training(id, {result_of(group, record::TrialState::paused), true});
            return;
        case Purpose::checkpoint:
            checkpoint_saved(id, file.position);
    }
    if (const auto follows = std::exchange(group.follows, std::nullopt)) {
        open_file(id, *follows, group.position);
        if (*follows == Purpose::checkpoint) train_on(id, group.position);
    } else if (const double patience = cluster_.checkpoints.patience; patience > 0) {
        core::TimeShare share(1 / patience, cluster_.checkpoints.interval);
        share.spent(file.began, now_);
        plan_checkpoint(id, share.next());
    }
}

void Job::checkpoint_saved(GroupId id, double position) {
    Group& group = at(id);
    const auto trial = group.training->trial;
    saved_epochs_[trial] = position;
    keep(group, position);
    const auto epoch = static_cast<std::int64_t>(position);
    // A step is a millionth of an epoch here.
    const double part = position - static_cast<double>(epoch);
    carry_out(id, group.machine.checkpoint_saved(
                      {trial, "checkpoint", epoch, static_cast<std::int64_t>(part * 1e6)}));
}

}  // namespace msunet::simulation

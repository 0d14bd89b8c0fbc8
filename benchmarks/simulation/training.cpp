// SPDX-License-Identifier: Apache-2.0
// What a simulated group trains.
#include <algorithm>
#include <cmath>
#include <utility>

#include "job.hpp"

namespace msunet::simulation {

using record::TrialId;
using sweep::GroupId;
using Purpose = Transfer::Purpose;

void Job::start_training(GroupId id, const record::Assignment& assignment) {
    Group& group = at(id);
    group.training = assignment;
    outcome_.unserved_seconds += now_ - group.idle_since;
    // Its folder has a checkpoint also where the journal of a start that died does not say so.
    const auto saved = saved_epochs_.find(assignment.trial);
    const bool resumes = saved != saved_epochs_.end();
    group.saved = resumes ? saved->second : 0;
    group.epoch = static_cast<std::int64_t>(group.saved);
    group.since_start = now_;
    ++group.starts;
    if (resumes) {
        halt_for(id, Purpose::resume, group.saved);
    } else {
        plan_checkpoint(id, now_ + cluster_.checkpoints.interval);
        train_on(id, 0);
    }
}

/// Trains from `position` (epochs) to the end of the epoch.
void Job::train_on(GroupId id, double position) {
    Group& group = at(id);
    if (std::exchange(group.halted, false)) outcome_.waited_seconds += now_ - group.position_at;
    group.position = position;
    group.position_at = now_;
    const double left = static_cast<double>(group.epoch) + 1 - position;
    plan(now_ + left * seconds_of_epoch(group), id, EpochTrained{++group.runs});
}

void Job::halt(Group& group, double position) {
    group.position = position;
    group.position_at = now_;
    group.halted = true;
    ++group.runs;
}

void Job::handle(GroupId id, const EpochTrained& trained) {
    Group& group = at(id);
    if (trained.run != group.runs) return;
    const TrialId trial = group.training->trial;
    const auto report = report_of(trial, group.epoch);
    ++group.epoch;
    ++trained_epochs_;
    carry_out(id, group.machine.epoch_ended(report));
    const auto position = static_cast<double>(group.epoch);
    if (group.epoch == workload_.epochs(trial)) {
        halt_for(id, Purpose::result, position);
    } else if (group.training->until_epoch && group.epoch >= *group.training->until_epoch) {
        halt_for(id, Purpose::pause, position);
    } else {
        train_on(id, position);
    }
}

void Job::finish(GroupId id) {
    Group& group = at(id);
    keep(group, static_cast<double>(group.epoch));
    note_best(workload_.dice(group.training->trial, group.epoch - 1));
    carry_out(id, group.machine.end_reached(result_of(group, record::TrialState::done)));
    leave_training(id, {});
}

void Job::leave_training(GroupId id, const record::Trained& trained) {
    Group& group = at(id);
    outcome_.waited_seconds += now_ - group.position_at;
    group.halted = false;
    group.idle_since = now_;
    group.training.reset();
    carry_out(id, group.machine.trained(trained, now_ - group.since_start));
    next(id);
}

/// What a leader does that trains nothing.
void Job::next(GroupId id) {
    Group& group = at(id);
    if (group.machine.is_over()) {
        if (!std::exchange(group.left, true)) carry_out(id, group.machine.leave());
        return;
    }
    carry_out(id, group.machine.start_next());
}

/// A checkpoint or result with so many epochs is on disk.
void Job::keep(Group& group, double position) {
    outcome_.training_seconds += unsaved_seconds(group, position);
    const auto epochs =
        static_cast<std::int64_t>(position) - static_cast<std::int64_t>(group.saved);
    outcome_.epochs += epochs;
    trained_epochs_ -= epochs;
    group.saved = position;
}

void Job::note_best(double dice) {
    auto& trace = outcome_.trace;
    if (!trace.empty() && trace.back().dice >= dice) return;
    trace.push_back({outcome_.epochs + trained_epochs_, now_, dice});
}

double Job::seconds_of_epoch(const Group& group) const {
    return workload_.seconds(group.training->trial, group.epoch);
}

/// Epochs that are trained, with the part of the present one.
double Job::position_of(const Group& group) const {
    if (group.halted) return group.position;
    const double trained = (now_ - group.position_at) / seconds_of_epoch(group);
    // Its end is not reached before EpochTrained.
    const double end = static_cast<double>(group.epoch) + 1 - 1e-6;
    return std::clamp(group.position + trained, group.position, std::max(group.position, end));
}

/// Seconds of training between the last checkpoint and `position`.
double Job::unsaved_seconds(const Group& group, double position) const {
    double seconds = 0;
    for (double from = group.saved; from < position;) {
        const double to = std::min(std::floor(from) + 1, position);
        seconds +=
            (to - from) * workload_.seconds(group.training->trial, static_cast<std::int64_t>(from));
        from = to;
    }
    return seconds;
}

/// The trial's result so far.
record::TrialResult Job::result_of(const Group& group, record::TrialState state) const {
    record::TrialResult result;
    result.trial = group.training->trial;
    result.permutation = group.training->ends.front().permutation;
    result.state = state;
    for (std::int64_t epoch = 0; epoch < group.epoch; ++epoch) {
        result.history.push_back(report_of(result.trial, epoch));
    }
    return result;
}

record::EpochReport Job::report_of(TrialId trial, std::int64_t epoch) const {
    record::EpochReport report;
    report.epoch = epoch;
    report.metrics.val_dice_coef = workload_.dice(trial, epoch);
    report.seconds = workload_.seconds(trial, epoch);
    return report;
}

}  // namespace msunet::simulation

// SPDX-License-Identifier: Apache-2.0
/// Who trains what next: a state machine, events in, actions out. It knows neither MPI nor a clock.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "msunet/record/control.hpp"
#include "msunet/record/sweep_record.hpp"
#include "msunet/sweep/strategy.hpp"

namespace msunet::sweep {

/// A worker group, numbered from 0.
using GroupId = std::int64_t;

/// A trial as the scheduler needs to know it.
struct TrialPlan {
    record::TrialId trial = 0;
    double cost = 0;                                     ///< estimate in any unit: longest go first
    std::optional<record::CheckpointReport> checkpoint;  ///< to go on from: such trials go first
    int deaths = 0;  ///< of the job while it ran, since its last new checkpoint
    double spent_seconds = 0;
    double first_started_at = 0;
};

/// The plans of all selected trials without a result, from a record (also a fresh one). `cost` is
/// asked for each; with `retry_failed` failed trials count as without a result.
std::vector<TrialPlan> plans(const record::SweepRecord& record,
                             const std::function<double(const core::Permutation&)>& cost,
                             bool retry_failed = false);

/// Cost of a trial by epochs × samples; `samples` are those of the permutation's patch size. PCA
/// passes once over the data.
double estimated_cost(const core::Permutation& permutation, std::int64_t default_epochs,
                      double samples);

/// Deaths at which a trial runs alone, and at which it fails.
inline constexpr int deaths_until_alone = 3;
inline constexpr int deaths_until_failed = 4;

// Events

/// A group can take one more trial. It says so when it has none, and once more while it trains
/// (one ahead).
struct GroupReady {
    GroupId group = 0;
};
/// A group has begun to train a trial that it was assigned.
struct TrialBegun {
    GroupId group = 0;
    record::TrialId trial = 0;
};
/// A group has a trial's result: done, failed or pca.
struct TrialEnded {
    GroupId group = 0;
    record::TrialId trial = 0;
};
/// A group has set a trial aside with a checkpoint: at its `until_epoch`, or because it was told to
/// pause or stop.
struct TrialSetAside {
    GroupId group = 0;
    record::TrialId trial = 0;
    bool reached_until = false;
    std::optional<record::EpochReport> last;
    double seconds = 0;  ///< spent on it since it began
};
/// A group gives back a trial that it has not begun.
struct TrialReturned {
    GroupId group = 0;
    record::TrialId trial = 0;
};
/// A new checkpoint is on disk.
struct NewCheckpoint {
    record::CheckpointReport checkpoint;
};
/// A group left the sweep.
struct GroupLost {
    GroupId group = 0;
};
/// Checkpoint everything and end (a signal, the job's end).
struct StopRequested {};
/// Let nothing new begin, what runs ends: the time limit has come.
struct TimeLimitReached {};
/// Likewise: a trial has reached the performance target.
struct TargetReached {};

using SchedulerEvent =
    std::variant<GroupReady, TrialBegun, TrialEnded, TrialSetAside, TrialReturned, NewCheckpoint,
                 GroupLost, StopRequested, TimeLimitReached, TargetReached>;

// Actions

/// Send this work to a group.
struct Assign {
    GroupId group = 0;
    record::Assignment assignment;
};
/// Ask a group to give back a trial that it has not begun (another group is idle). It answers
/// TrialReturned, or begins and ends it as usual where it was too late.
struct Recall {
    GroupId group = 0;
    record::TrialId trial = 0;
};
/// Tell all groups to begin nothing more and to give back what they have not begun.
struct Drain {};
/// Tell all groups to set aside what they train, with a checkpoint, and to give back the rest.
struct StopAll {};
/// Give a trial up: write its failure to the journal.
struct GiveUp {
    record::TrialId trial = 0;
    std::string reason;
};
/// How a sweep ended.
enum class Ending : std::uint8_t { complete, stopped, time_limit, target, no_groups };
/// No group holds work and none will get any: let all go. The last action.
struct Done {
    Ending ending = Ending::complete;
};

using SchedulerAction = std::variant<Assign, Recall, Drain, StopAll, GiveUp, Done>;

/// Hands out trials: those with a checkpoint first, then the longest, ties by id. A trial that was
/// there at three deaths of the job runs alone, when nothing else is left; at the fourth it is
/// given up. A trial waits ahead in a busy group only while enough are left for all groups.
class Scheduler {
public:
    /// `permutation` gives a trial's values; `strategy` says how far each runs.
    Scheduler(std::vector<TrialPlan> plans, GroupId groups, std::unique_ptr<Strategy> strategy,
              std::function<core::Permutation(record::TrialId)> permutation);
    ~Scheduler();
    Scheduler(Scheduler&&) noexcept;
    Scheduler& operator=(Scheduler&&) noexcept;

    /// What to do at the very beginning: trials given up, or Done where nothing is left.
    std::vector<SchedulerAction> start();
    /// What to do now. Events that can't be (a result of a trial that the group doesn't hold, an
    /// unknown group) throw std::logic_error: they are errors of the program. Late words of a lost
    /// group mean nothing; ask `holds` before a result goes to the journal.
    std::vector<SchedulerAction> on(const SchedulerEvent& event);

    /// Trials that wait, that a group holds (begun or not), that have a result or were given up.
    std::size_t waiting() const;
    std::size_t held() const;
    std::size_t ended() const;
    /// Whether the sweep is over: `Done` was given.
    bool done() const;
    /// Whether the group is to train this trial, or trains it.
    bool holds(GroupId group, record::TrialId trial) const;
    /// Trials that a group has begun and not ended.
    std::vector<record::TrialId> running() const;

private:
    class Machine;
    std::unique_ptr<Machine> machine_;
};

}  // namespace msunet::sweep

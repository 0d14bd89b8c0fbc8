// SPDX-License-Identifier: Apache-2.0
/// \file
/// Which group trains which trial next: a state machine, events in, actions out. It knows neither
/// MPI nor a clock.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "msunet/record/control.hpp"
#include "msunet/record/search_epochs.hpp"
#include "msunet/record/sweep_record.hpp"
#include "msunet/sweep/strategy.hpp"
#include "msunet/sweep/suggester.hpp"

namespace msunet::sweep {

/// A group of ranks, numbered from 0.
using GroupId = std::int64_t;

/// A training as the scheduler needs to know it. Its id is that of the first permutation that it
/// serves; where nothing is shared, every trial is a training of its own.
struct TrialPlan {
    record::TrialId trial = 0;
    std::vector<record::TrialId> ends;  ///< its permutations without a result, ascending
    double cost = 0;                    ///< estimate in any unit: see the order of Scheduler
    record::Progress progress;
    double spent_seconds = 0;
    double checkpoint_seconds = 0;  ///< as in record::Assignment
    double first_started_at = 0;
    std::optional<double> value{};  ///< of the metric, at its last rung
    /// In a search with folds (record::Folding::first_decides) that of the trial number 0: this one
    /// waits until it has ended and is trained for those permutations that are done in it. The
    /// strategy knows nothing of it.
    std::optional<record::TrialId> first{};
};

/// The plan of a training; `cost` is called for each of its permutations without a result, the
/// longest counts.
[[nodiscard]] TrialPlan plan_of(const record::SweepRecord& record, record::TrialId training,
                                const std::function<double(const core::Permutation&)>& cost);

/// The plans of all trainings that serve a selected permutation without a result.
[[nodiscard]] std::vector<TrialPlan> plans(
    const record::SweepRecord& record, const std::function<double(const core::Permutation&)>& cost);

/// A training as the strategies need to know it, with what the record says of it.
[[nodiscard]] Training training_of(const record::SweepRecord& record, record::TrialId id,
                                   std::int64_t default_epochs);

/// All of them, in ascending order; where the trial on the first fold decides, those on that fold.
[[nodiscard]] std::vector<Training> trainings(const record::SweepRecord& record,
                                              std::int64_t default_epochs);

/// Likewise, with those that are still to be suggested, which count as the mean of the known ones.
[[nodiscard]] std::vector<Training> expected_trainings(const record::SweepRecord& record,
                                                       std::int64_t default_epochs);

/// Epochs that the search of an experiment trains in all trials together (see `planned_epochs`);
/// nothing for a grid.
[[nodiscard]] std::optional<record::SearchEpochs> search_epochs(const record::SweepRecord& record,
                                                                std::int64_t default_epochs);

/// The most epochs that a permutation is trained; 0 for PCA.
[[nodiscard]] std::int64_t planned_epochs(const core::Permutation& permutation,
                                          std::int64_t default_epochs);

/// Cost of a trial by epochs × samples; `samples` are those of the permutation's patch size. PCA
/// passes once over the data.
[[nodiscard]] double estimated_cost(const core::Permutation& permutation,
                                    std::int64_t default_epochs, double samples);

/// Permutations that a sampler suggests during the sweep.
struct Suggestions {
    std::optional<Sampling> sampling;  ///< nothing: none are
    std::uint64_t left = 0;            ///< how many
    std::function<TrialPlan(record::TrialId)> plan;
    std::function<Training(record::TrialId)> training;
};

/// How many permutations are left to be suggested in this record.
[[nodiscard]] std::uint64_t suggestions_left(const record::SweepRecord& record);

/// Passes what the record has of suggestions and results to a new sampler.
void replay(const record::SweepRecord& record, Sampling& sampling);

// Events

/// A group can take one more trial. It says so when it has none, and once more while it trains,
/// so that the next trial is there when it needs it.
struct GroupReady {
    GroupId group = 0;
};
// In events and actions `trial` is a training's id, except in TrialEnded and FailTrial.

/// A group has started to train what it was assigned.
struct TrialStarted {
    GroupId group = 0;
    record::TrialId trial = 0;
};
/// A group has a permutation's result: done, failed or pca. Its training ends with the last one.
struct TrialEnded {
    GroupId group = 0;
    record::TrialId trial = 0;
    bool failed = false;
    std::optional<double> value{};  ///< of the metric
};
/// A group has paused a trial with a checkpoint: at its `until_epoch`, or because of a stop.
struct TrialPaused {
    GroupId group = 0;
    record::TrialId trial = 0;
    bool reached_until = false;
    std::optional<double> value;  ///< of the metric in its last epoch
    double seconds = 0;           ///< spent on it since it was started
};
/// A group gives back a trial that it has not started.
struct TrialReturned {
    GroupId group = 0;
    record::TrialId trial = 0;
};
/// A checkpoint is on disk.
struct CheckpointSaved {
    record::CheckpointReport checkpoint;
};
/// Pause everything and end (a signal, the end of the job).
struct StopRequested {};
/// Start no further trial, let the running ones end: the time limit is reached.
struct TimeLimitReached {};
/// Likewise: a trial has reached the performance target.
struct TargetReached {};

using SchedulerEvent =
    std::variant<GroupReady, TrialStarted, TrialEnded, TrialPaused, TrialReturned, CheckpointSaved,
                 StopRequested, TimeLimitReached, TargetReached>;

// Actions

/// Send this assignment to a group.
struct Assign {
    GroupId group = 0;
    record::Assignment assignment;
};
/// Ask a group to give back a trial that it has not started, because another group is idle. The
/// answer is TrialReturned; if the trial has started by then, it runs as usual.
struct Recall {
    GroupId group = 0;
    record::TrialId trial = 0;
};
/// All groups start nothing more and give back what they have not started.
struct Drain {};
/// All groups pause what they train and give back the rest.
struct StopAll {};
/// A permutation has failed without being trained again: write its result to the journal.
struct FailTrial {
    record::TrialId trial = 0;
    std::string reason;
};
/// The strategy promotes a trial: write it to the journal.
struct PromoteTrial {
    Work work;
};
/// The strategy stops a trial: write its result, as far as it was trained, to the journal.
struct StopTrial {
    record::TrialId trial = 0;
};
/// The sampler has suggested a permutation, of which this is the first trial: write it to the
/// journal.
struct SuggestTrial {
    record::TrialId trial = 0;
};
/// It has nothing more to suggest, before their number is reached: write it to the journal.
struct EndSuggestions {};
/// How a sweep ended.
enum class Ending : std::uint8_t { complete, stopped, time_limit, target };
/// No group holds a trial and none will get one: end all groups. The last action.
struct EndSweep {
    Ending ending = Ending::complete;
};

using SchedulerAction = std::variant<Assign, Recall, Drain, StopAll, FailTrial, PromoteTrial,
                                     StopTrial, SuggestTrial, EndSuggestions, EndSweep>;

/// Assigns trainings to groups: those with a checkpoint first, then those on other folds
/// (TrialPlan::first), then further ones; of each kind the most expensive first, ties by id.
/// Those that must run alone come after all others (record::Progress). A group that trains gets
/// a second one ahead only while at least as many trials wait as there are groups. A suggestion
/// is asked for when a group is idle and nothing waits.
class Scheduler {
public:
    /// `permutation` returns a trial's values; `strategy` decides how far each training runs.
    Scheduler(std::vector<TrialPlan> plans, GroupId groups, std::unique_ptr<Strategy> strategy,
              std::function<core::Permutation(record::TrialId)> permutation,
              Suggestions suggestions = {});
    ~Scheduler();
    Scheduler(Scheduler&&) noexcept;
    Scheduler& operator=(Scheduler&&) noexcept;

    /// The first actions: trials that have failed, or EndSweep if there is no work.
    std::vector<SchedulerAction> start();
    /// The actions that follow from an event. Throws std::logic_error for an event that can't
    /// occur, such as the end of a trial that the group doesn't hold: an error in the program.
    std::vector<SchedulerAction> on(const SchedulerEvent& event);

private:
    class Machine;
    std::unique_ptr<Machine> machine_;
};

}  // namespace msunet::sweep

// SPDX-License-Identifier: Apache-2.0
#include "msunet/sweep/scheduler.hpp"

#include <algorithm>
#include <deque>
#include <stdexcept>
#include <utility>

#include "msunet/core/text.hpp"
#include "sweep/trial_queue.hpp"
#include "sweep/trial_table.hpp"

namespace msunet::sweep {

namespace {

using record::TrialId;

[[noreturn]] void impossible(const std::string& what) {
    throw std::logic_error("scheduler: " + what);
}

struct Group {
    std::vector<TrialId> held;  ///< in the order of their assignment
};

}  // namespace

class Scheduler::Machine {
public:
    Machine(std::vector<TrialPlan> plans, GroupId groups, std::unique_ptr<Strategy> strategy,
            std::function<core::Permutation(TrialId)> permutation, Suggestions suggestions)
        : groups_(static_cast<std::size_t>(groups)),
          strategy_(std::move(strategy)),
          permutation_(std::move(permutation)),
          suggestions_(std::move(suggestions)) {
        for (TrialPlan& plan : plans) trials_.add(std::move(plan));
        if (!suggestions_.sampling) suggestions_.left = 0;
    }

    std::vector<SchedulerAction> start() {
        std::vector<TrialId> compared;
        std::vector<TrialId> ready;
        std::vector<TrialId> failed;
        for (const auto& [id, trial] : trials_.all()) {
            const auto& first = trial.plan.first;
            if (!first) compared.push_back(id);
            if (first && !trials_.all().contains(*first)) ready.push_back(id);
            if (trial.plan.progress.has_failed()) failed.push_back(id);
        }
        const Decisions decisions = strategy_->begin(compared);
        // Those on other folds before the first ones, whose failure would begin them.
        std::ranges::reverse(failed);
        for (const TrialId id : failed) fail(id);
        carry_out(decisions);
        for (const TrialId id : ready) {
            if (trials_.at(id).place == Trial::Place::without_work) wait(trials_.at(id));
        }
        return take_actions();
    }

    std::vector<SchedulerAction> on(const SchedulerEvent& event) {
        std::visit([this](const auto& what) { handle(what); }, event);
        return take_actions();
    }

private:
    Group& group(GroupId id) {
        if (id < 0 || id >= static_cast<GroupId>(groups_.size())) {
            impossible(core::concat("there is no group ", id));
        }
        return groups_[static_cast<std::size_t>(id)];
    }

    Trial& held_trial(GroupId id, TrialId trial) {
        const std::vector<TrialId>& held = group(id).held;
        if (std::find(held.begin(), held.end(), trial) == held.end()) {
            impossible(core::concat("group ", id, " does not hold trial ", trial));
        }
        return trials_.at(trial);
    }

    /// The training, held by the group, that serves a permutation without a result.
    Trial& held_training_of(GroupId id, TrialId trial) {
        for (const TrialId held : group(id).held) {
            Trial& training = trials_.at(held);
            const auto& ends = training.plan.ends;
            if (std::find(ends.begin(), ends.end(), trial) != ends.end()) return training;
        }
        impossible(core::concat("group ", id, " does not train for trial ", trial));
    }

    void handle(const GroupReady& event) {
        group(event.group);  // must exist
        requests_.push_back(event.group);
    }

    void handle(const TrialStarted& event) {
        held_trial(event.group, event.trial).place = Trial::Place::started;
    }

    void handle(const TrialEnded& event) {
        Trial& training = held_training_of(event.group, event.trial);
        std::erase(training.plan.ends, event.trial);
        const TrialId id = training.plan.trial;
        if (event.failed) trials_.leave_out(id, event.trial);
        if (!training.plan.ends.empty()) return;
        release(event.group, id);
        end_trial(training, event.failed ? Training::End::failed : Training::End::completed,
                  event.value);
        tell_strategy_of_end(training, event.failed);
    }

    void handle(const TrialPaused& event) {
        Trial& trial = release(event.group, event.trial);
        trial.plan.spent_seconds += event.seconds;
        if (!event.reached_until) {
            wait(trial);
            return;
        }
        trial.place = Trial::Place::without_work;
        trial.plan.value = event.value;
        carry_out(strategy_->paused(event.trial, event.value));
    }

    void handle(const TrialReturned& event) { wait(release(event.group, event.trial)); }

    void handle(const CheckpointSaved& event) {
        Trial* const trial = trials_.find(event.checkpoint.trial);
        if (trial == nullptr || trial->place != Trial::Place::started) return;
        trial->plan.progress.saved(event.checkpoint);
    }

    void handle(const StopRequested& /*event*/) {
        if (over_ || ending_ == Ending::stopped) return;
        ending_ = Ending::stopped;
        actions_.emplace_back(StopAll{});
    }

    void handle(const TimeLimitReached& /*event*/) { drain(Ending::time_limit); }
    void handle(const TargetReached& /*event*/) { drain(Ending::target); }

    void drain(Ending ending) {
        if (over_ || ending_ != Ending::complete) return;
        ending_ = ending;
        actions_.emplace_back(Drain{});
    }

    /// The group holds the trial no longer.
    Trial& release(GroupId id, TrialId trial_id) {
        Trial& trial = held_trial(id, trial_id);
        std::erase(group(id).held, trial_id);
        --held_;
        trial.recalled = false;
        return trial;
    }

    void end_trial(Trial& trial, Training::End end, std::optional<double> value) {
        if (suggestions_.sampling) suggestions_.sampling->ended(trial.plan.trial, end, value);
        for (const TrialId other : trials_.end(trial)) wait(trials_.at(other));
    }

    void tell_strategy_of_end(const Trial& trial, bool failed) {
        if (!trial.plan.first) carry_out(strategy_->ended(trial.plan.trial, failed));
    }

    void wait(Trial& trial) {
        trial.place = Trial::Place::waiting;
        queue_.add(trial.plan);
    }

    void carry_out(const Decisions& decisions) {
        for (const Work& work : decisions.work) queue(work);
        for (const TrialId id : decisions.stopped) {
            Trial& trial = trials_.at(id);
            end_trial(trial, Training::End::stopped, trial.plan.value);
            actions_.emplace_back(StopTrial{id});
        }
    }

    void queue(const Work& work) {
        Trial& trial = trials_.at(work.trial);
        // A trial that failed at the start has no more work.
        if (trial.place == Trial::Place::ended) return;
        if (trial.place != Trial::Place::without_work) {
            impossible(core::concat("the strategy gives trial ", work.trial, " twice"));
        }
        if (work.promoted) actions_.emplace_back(PromoteTrial{work});
        trial.until_epoch = work.until_epoch;
        wait(trial);
    }

    void fail(TrialId id) {
        Trial& trial = trials_.at(id);
        end_trial(trial, Training::End::failed, std::nullopt);
        const auto reason = core::concat("the process died ", trial.plan.progress.deaths, " times");
        for (const TrialId end : trial.plan.ends) actions_.emplace_back(FailTrial{end, reason});
        tell_strategy_of_end(trial, true);
    }

    std::vector<SchedulerAction> take_actions() {
        if (!over_) {
            if (ending_ == Ending::complete) dispatch();
            end_if_over();
        }
        return std::exchange(actions_, {});
    }

    void dispatch() {
        refill();
        suggest();
        // Idle groups first, in the order in which they asked.
        answer_requests([](const Group& group) { return group.held.empty(); });
        answer_requests([this](const Group& group) {
            return group.held.size() == 1 && queue_.size() >= groups_.size();
        });
        recall();
    }

    /// Asks the strategy for work until as many trials wait as there are groups.
    void refill() {
        while (queue_.size() < groups_.size()) {
            const Decisions decisions = strategy_->next();
            if (decisions.empty()) return;
            carry_out(decisions);
        }
    }

    /// A trial waits for each idle group that has asked, as far as the sampler suggests some.
    void suggest() {
        const auto idle =
            std::ranges::count_if(requests_, [this](GroupId id) { return group(id).held.empty(); });
        while (suggestions_.left > 0 && std::cmp_less(queue_.size(), idle)) {
            const auto next = suggestions_.sampling->suggest();
            if (!next) {
                end_suggestions();
                return;
            }
            --suggestions_.left;
            actions_.emplace_back(SuggestTrial{*next});
            // The budget does not suffice to start it: nor will it for a later one.
            if (!join(*next)) end_suggestions();
        }
    }

    /// A permutation joins the sweep with all of its trials; false if the first is stopped at once.
    bool join(TrialId first) {
        const auto count = suggestions_.sampling->folding().trials();
        for (std::uint64_t i = 0; i < count; ++i) trials_.add(suggestions_.plan(first + i));
        bool goes_on = true;
        for (TrialId trial = first; trial < first + count; ++trial) {
            if (trials_.at(trial).plan.first) continue;
            const Decisions decisions = strategy_->added(suggestions_.training(trial));
            carry_out(decisions);
            if (std::ranges::find(decisions.stopped, first) != decisions.stopped.end()) {
                goes_on = false;
            }
        }
        return goes_on;
    }

    [[nodiscard]] std::uint64_t trials_left_to_suggest() const {
        if (suggestions_.left == 0) return 0;
        return suggestions_.left * suggestions_.sampling->folding().trials();
    }

    void end_suggestions() {
        if (suggestions_.left == 0) return;
        suggestions_.left = 0;
        actions_.emplace_back(EndSuggestions{});
        carry_out(strategy_->none_will_join());
    }

    /// Assigns a trial to each group that has asked for one and `may_have` it.
    template <class MayHave>
    void answer_requests(const MayHave& may_have) {
        for (auto request = requests_.begin(); request != requests_.end();) {
            if (may_have(group(*request)) && assign_next(*request)) {
                request = requests_.erase(request);
            } else {
                ++request;
            }
        }
    }

    /// False if there is no trial for the group.
    bool assign_next(GroupId id) {
        if (queue_.size() > 0) {
            assign(id, trials_.at(queue_.take_first()));
            return true;
        }
        if (!queue_.has_alone() || held_ > 0) return false;
        // Nothing starts beside it: strategy and sampler had nothing more, so that only its own
        // pause or end brings work.
        assign(id, trials_.at(queue_.take_first_alone()));
        return true;
    }

    void assign(GroupId id, Trial& trial) {
        const TrialPlan& plan = trial.plan;
        record::Assignment assignment;
        assignment.trial = plan.trial;
        for (const TrialId end : plan.ends) assignment.ends.push_back({end, permutation_(end)});
        assignment.until_epoch = trial.until_epoch;
        if (plan.progress.checkpoint) assignment.checkpoint = plan.progress.checkpoint->file;
        assignment.spent_seconds = plan.spent_seconds;
        assignment.checkpoint_seconds = plan.checkpoint_seconds;
        assignment.first_started_at = plan.first_started_at;
        trial.place = Trial::Place::sent;
        group(id).held.push_back(plan.trial);
        ++held_;
        actions_.emplace_back(Assign{id, std::move(assignment)});
    }

    /// If a group is idle and nothing waits, asks for a trial that waits behind another one.
    void recall() {
        if (queue_.size() > 0) return;
        auto wanted = std::count_if(requests_.begin(), requests_.end(),
                                    [this](GroupId id) { return group(id).held.empty(); });
        for (std::size_t i = 0; i < groups_.size() && wanted > 0; ++i) {
            if (groups_[i].held.size() < 2) continue;
            Trial& last = trials_.at(groups_[i].held.back());
            if (last.place != Trial::Place::sent) continue;
            --wanted;
            if (std::exchange(last.recalled, true)) continue;
            actions_.emplace_back(Recall{static_cast<GroupId>(i), last.plan.trial});
        }
    }

    void end_if_over() {
        if (held_ > 0) return;
        if (trials_.unfinished() + trials_left_to_suggest() == 0) {
            end(Ending::complete);
        } else if (ending_ != Ending::complete) {
            end(ending_);
        }
    }

    void end(Ending ending) {
        over_ = true;
        actions_.emplace_back(EndSweep{ending});
    }

    TrialTable trials_;
    std::vector<Group> groups_;
    std::unique_ptr<Strategy> strategy_;
    std::function<core::Permutation(TrialId)> permutation_;
    Suggestions suggestions_;
    TrialQueue queue_;
    std::deque<GroupId> requests_;  ///< groups that can take a trial, in the order of asking
    std::vector<SchedulerAction> actions_;
    std::size_t held_ = 0;  ///< by all groups
    Ending ending_ = Ending::complete;
    bool over_ = false;
};

Scheduler::Scheduler(std::vector<TrialPlan> plans, GroupId groups,
                     std::unique_ptr<Strategy> strategy,
                     std::function<core::Permutation(record::TrialId)> permutation,
                     Suggestions suggestions)
    : machine_(std::make_unique<Machine>(std::move(plans), groups, std::move(strategy),
                                         std::move(permutation), std::move(suggestions))) {}
Scheduler::~Scheduler() = default;
Scheduler::Scheduler(Scheduler&&) noexcept = default;
Scheduler& Scheduler::operator=(Scheduler&&) noexcept = default;

std::vector<SchedulerAction> Scheduler::start() { return machine_->start(); }
std::vector<SchedulerAction> Scheduler::on(const SchedulerEvent& event) {
    return machine_->on(event);
}

}  // namespace msunet::sweep

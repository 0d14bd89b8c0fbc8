// SPDX-License-Identifier: Apache-2.0
/// \file
/// Rank 0's side of a sweep: hears the groups, asks the scheduler, writes the journal.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "channel.hpp"
#include "msunet/record/journal.hpp"
#include "msunet/sweep/scheduler.hpp"
#include "msunet/sweep/target.hpp"

namespace msunet::app {

/// What ends a sweep early. Times are unix seconds.
struct SweepLimits {
    std::optional<double> time_limit;   ///< no trial starts after it
    std::optional<double> stop_before;  ///< checkpoint and end
    std::optional<sweep::PerformanceTarget> target;
};

/// Told of every event after the journal has it.
class SweepListener {
public:
    virtual ~SweepListener() = default;
    virtual void happened(const record::Event& event, const record::SweepRecord& record) = 0;
    /// Called between messages: for what goes by the clock.
    virtual void tick(const record::SweepRecord& record) = 0;
};

/// Serves the groups from rank 0, between its own training steps or alone. Never waits.
class Dispatcher {
public:
    /// `leaders`: world rank of each group's leader, by group.
    Dispatcher(Channel& channel, std::vector<int> leaders, sweep::Scheduler scheduler,
               record::Journal& journal, SweepLimits limits, record::Owner owner,
               SweepListener& listener);

    /// Begins: gives up what must be given up.
    void start();
    /// Reads the mail that has come, heeds the clock and signals.
    void serve();
    /// All groups have left.
    bool done() const { return left_ == leaders_.size(); }

    /// How it ended; meaningful once done.
    sweep::Ending ending() const { return ending_; }
    /// Why it ends early, if it does.
    std::optional<record::StopReason> stop_reason() const { return stop_reason_; }
    /// Seconds that the groups' leaders had no work, together.
    double idle_seconds() const { return idle_; }

private:
    void receive(const Channel::Mail& mail);
    void trial_ended(sweep::GroupId group, record::TrialResult result);
    void heed_clock();
    void ask_stop(record::StopReason reason);
    void write(const record::Event& event);
    void tell(const sweep::SchedulerEvent& event);
    void act(const std::vector<sweep::SchedulerAction>& actions);
    void act(const sweep::Assign& action);
    void act(const sweep::Recall& action);
    void act(const sweep::Drain& action);
    void act(const sweep::StopAll& action);
    void act(const sweep::GiveUp& action);
    void act(const sweep::Done& action);
    sweep::GroupId group_of(int rank) const;
    void to_all(Tag tag);

    Channel& channel_;
    std::vector<int> leaders_;
    sweep::Scheduler scheduler_;
    record::Journal& journal_;
    SweepLimits limits_;
    record::Owner owner_;
    SweepListener& listener_;
    sweep::Ending ending_ = sweep::Ending::complete;
    std::optional<record::StopReason> stop_reason_;
    double idle_ = 0;
    double next_heartbeat_ = 0;
    double next_clock_ = 0;
    std::size_t left_ = 0;
    bool limit_told_ = false;
    bool target_told_ = false;
};

}  // namespace msunet::app

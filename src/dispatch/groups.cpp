// SPDX-License-Identifier: Apache-2.0
#include "msunet/dispatch/groups.hpp"

#include <utility>

#include "dispatch/overloaded.hpp"
#include "msunet/core/signals.hpp"
#include "msunet/core/time.hpp"
#include "msunet/dispatch/leader_machine.hpp"

namespace msunet::dispatch {

namespace {

constexpr int dispatcher_rank = 0;

/// World ranks of a group without its leader.
std::vector<int> members_of(const sweep::Placement& placement, sweep::GroupId group) {
    std::vector<int> members;
    for (const auto& slot : placement.slots) {
        if (slot.group == group && slot.rank_in_group > 0) {
            members.push_back(static_cast<int>(slot.rank));
        }
    }
    return members;
}

/// Connects a LeaderMachine with messages, signals and training. It is the trainer's control, too.
class Leader final : public record::TrialControl {
public:
    Leader(Channel& channel, std::vector<int> members, const TrialRunner& run,
           Dispatcher* dispatcher)
        : channel_(channel), members_(std::move(members)), run_(run), dispatcher_(dispatcher) {}

    void work() {
        carry_out(machine_.begin());
        while (!machine_.is_over()) {
            receive();
            const LeaderActions next = machine_.start_next();
            carry_out(next);
            if (next.empty() && !machine_.is_over()) channel_.rest();
        }
        carry_out(machine_.leave());
    }

    record::Answer after_step(const record::StepReport& /*report*/) override {
        receive();
        return machine_.answer();
    }
    record::Answer after_epoch(record::TrialId /*trial*/,
                               const record::EpochReport& report) override {
        carry_out(machine_.epoch_ended(report));
        receive();
        return machine_.answer();
    }
    void checkpoint_written(const record::CheckpointReport& report) override {
        carry_out(machine_.checkpoint_saved(report));
    }
    void end_reached(const record::TrialResult& result) override {
        carry_out(machine_.end_reached(result));
    }

private:
    void receive() {
        if (dispatcher_ != nullptr) dispatcher_->serve();
        if (core::stop_requested()) carry_out(machine_.receive_signal());
        while (const auto message = channel_.receive_as_leader()) {
            carry_out(machine_.receive(*message));
        }
    }

    void carry_out(const LeaderActions& actions) {
        for (const LeaderAction& action : actions) {
            std::visit(Overloaded{[&](const Report& report) {
                                      channel_.send(dispatcher_rank, report.message);
                                  },
                                  [&](const Instruct& instruct) {
                                      for (const int member : members_)
                                          channel_.send(member, instruct.message);
                                  },
                                  [&](const StartTraining& start) { train(start.assignment); }},
                       action);
        }
    }

    void train(const record::Assignment& assignment) {
        // The start is on record before training begins. It would be only after the first step,
        // which may take seconds: as if the group had idled until then, and unknown if the step
        // kills it.
        if (dispatcher_ != nullptr) dispatcher_->serve();
        const double before = core::steady_seconds();
        const record::Trained trained = run_(assignment, *this);
        carry_out(machine_.trained(trained, core::steady_seconds() - before));
    }

    Channel& channel_;
    std::vector<int> members_;
    const TrialRunner& run_;
    Dispatcher* dispatcher_;
    LeaderMachine machine_;
};

/// A member sends nothing to the dispatcher; the group's agreement takes its signals into account.
class MemberControl final : public record::TrialControl {
public:
    record::Answer after_step(const record::StepReport& /*report*/) override { return answer(); }
    record::Answer after_epoch(record::TrialId /*trial*/,
                               const record::EpochReport& /*report*/) override {
        return answer();
    }
    void checkpoint_written(const record::CheckpointReport& /*report*/) override {}
    void end_reached(const record::TrialResult& /*result*/) override {}

private:
    static record::Answer answer() {
        return core::stop_requested() ? record::Answer::stop : record::Answer::go_on;
    }
};

/// Trains what the leader names until it dismisses this rank.
void follow(Channel& channel, const TrialRunner& run) {
    MemberControl control;
    for (;;) {
        const auto message = channel.receive_as_member();
        if (!message) {
            channel.rest();
        } else if (const auto* train = std::get_if<Train>(&*message)) {
            run(train->assignment, control);
        } else {
            return;
        }
    }
}

}  // namespace

std::vector<int> leaders_of(const sweep::Placement& placement) {
    std::vector<int> leaders(static_cast<std::size_t>(placement.groups));
    for (const auto& slot : placement.slots) {
        if (slot.group >= 0 && slot.rank_in_group == 0) {
            leaders[static_cast<std::size_t>(slot.group)] = static_cast<int>(slot.rank);
        }
    }
    return leaders;
}

void take_part(Channel& channel, const sweep::Placement& placement, int rank,
               const TrialRunner& run, Dispatcher* dispatcher) {
    const auto& slot = placement.slots.at(static_cast<std::size_t>(rank));
    if (slot.group >= 0 && slot.rank_in_group == 0) {
        Leader(channel, members_of(placement, slot.group), run, dispatcher).work();
    } else if (slot.group >= 0) {
        follow(channel, run);
    }
    while (dispatcher != nullptr && !dispatcher->is_over()) {
        dispatcher->serve();
        channel.rest();
    }
    channel.flush();
}

}  // namespace msunet::dispatch

// SPDX-License-Identifier: Apache-2.0
#include "msunet/dispatch/leader_machine.hpp"

#include <gmock/gmock.h>

#include "msunet/codec/json.hpp"

namespace msunet::dispatch {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Assign assign(record::TrialId trial, std::optional<std::int64_t> until_epoch = {}) {
    return {{trial, {{trial, {}}}, until_epoch, "", 0, 0}};
}

/// "ready", "started 3", "to members: train 3", "train 3", …
std::vector<std::string> texts(const LeaderActions& actions) {
    const auto text_of = [](const auto& message) {
        return std::visit(
            []<class T>(const T& what) {
                std::string text(T::name);
                if constexpr (requires { what.trial; }) text += " " + std::to_string(what.trial);
                if constexpr (requires { what.assignment; }) {
                    text += " " + std::to_string(what.assignment.trial);
                }
                return text;
            },
            message);
    };
    std::vector<std::string> result;
    for (const LeaderAction& action : actions) {
        if (const auto* report = std::get_if<Report>(&action)) {
            result.push_back(text_of(report->message));
        } else if (const auto* instruct = std::get_if<Instruct>(&action)) {
            result.push_back("to members: " + text_of(instruct->message));
        } else {
            result.push_back("train " +
                             std::to_string(std::get<StartTraining>(action).assignment.trial));
        }
    }
    return result;
}

record::Trained ended() { return {}; }

record::Trained paused(std::size_t epochs = 0, bool at_until = false) {
    record::TrialResult so_far;
    so_far.state = record::TrialState::paused;
    so_far.history.resize(epochs);
    return {so_far, at_until};
}

TEST(LeaderMachine, TrainsWhatItIsAssignedAndAsksForMore) {
    LeaderMachine machine;
    EXPECT_THAT(texts(machine.begin()), ElementsAre("ready"));
    EXPECT_THAT(machine.start_next(), IsEmpty());
    EXPECT_THAT(machine.receive(assign(3)), IsEmpty());
    EXPECT_THAT(texts(machine.start_next()),
                ElementsAre("to members: train 3", "started 3", "ready", "train 3"));
    EXPECT_THAT(texts(machine.epoch_ended({})), ElementsAre("epoch 3"));
    EXPECT_THAT(texts(machine.checkpoint_saved({3, "c", 1, 0})), ElementsAre("checkpoint"));
    EXPECT_EQ(machine.answer(), record::Answer::go_on);
    EXPECT_THAT(texts(machine.end_reached({})), ElementsAre("ended"));
    EXPECT_THAT(machine.trained(ended(), 1), IsEmpty());
    EXPECT_FALSE(machine.is_over());
    EXPECT_THAT(machine.receive(End{}), IsEmpty());
    EXPECT_TRUE(machine.is_over());
    EXPECT_THAT(texts(machine.leave()), ElementsAre("to members: dismiss", "left"));
}

TEST(LeaderMachine, GivesBackATrialThatHasNotStarted) {
    LeaderMachine machine;
    (void)machine.receive(assign(1));
    (void)machine.start_next();
    (void)machine.receive(assign(2));
    EXPECT_THAT(machine.receive(Recall{1}), IsEmpty()) << "it has started";
    EXPECT_THAT(texts(machine.receive(Recall{2})), ElementsAre("returned 2", "ready"));
    (void)machine.trained(ended(), 1);
    EXPECT_THAT(machine.start_next(), IsEmpty());
}

TEST(LeaderMachine, ADrainLetsTheRunningTrialEnd) {
    LeaderMachine machine;
    (void)machine.receive(assign(1));
    (void)machine.start_next();
    (void)machine.receive(assign(2));
    EXPECT_THAT(texts(machine.receive(Drain{})), ElementsAre("returned 2"));
    EXPECT_EQ(machine.answer(), record::Answer::go_on);
}

TEST(LeaderMachine, AStopPausesTheRunningTrial) {
    LeaderMachine machine;
    (void)machine.receive(assign(1));
    (void)machine.start_next();
    (void)machine.receive(assign(2));
    EXPECT_THAT(texts(machine.receive(Stop{})), ElementsAre("returned 2"));
    EXPECT_EQ(machine.answer(), record::Answer::stop);
    const auto actions = machine.trained(paused(2), 1.5);
    ASSERT_THAT(texts(actions), ElementsAre("paused 1"));
    const auto paused = std::get<Paused>(std::get<Report>(actions[0]).message);
    EXPECT_FALSE(paused.reached);
    EXPECT_EQ(paused.seconds, 1.5);
}

TEST(LeaderMachine, ASignalIsReportedOnceAndPausesTheRunningTrial) {
    LeaderMachine machine;
    (void)machine.receive(assign(1));
    (void)machine.start_next();
    EXPECT_THAT(texts(machine.receive_signal()), ElementsAre("signal"));
    EXPECT_THAT(machine.receive_signal(), IsEmpty());
    EXPECT_EQ(machine.answer(), record::Answer::stop);
    EXPECT_THAT(texts(machine.trained(paused(), 1)), ElementsAre("paused 1"));
}

TEST(LeaderMachine, ASignalThatOnlyAMemberReceivedIsReported) {
    LeaderMachine machine;
    (void)machine.receive(assign(1));
    (void)machine.start_next();
    EXPECT_THAT(texts(machine.trained(paused(), 1)), ElementsAre("signal", "paused 1"));
}

TEST(LeaderMachine, APauseAtUntilEpochIsNoSignal) {
    LeaderMachine machine;
    (void)machine.receive(assign(1, 2));
    (void)machine.start_next();
    const auto actions = machine.trained(paused(2, true), 1);
    ASSERT_THAT(texts(actions), ElementsAre("paused 1"));
    const auto paused = std::get<Paused>(std::get<Report>(actions[0]).message);
    ASSERT_TRUE(paused.reached);
    EXPECT_EQ(paused.reached->history.size(), 2U);
    EXPECT_EQ(machine.answer(), record::Answer::go_on);
}

}  // namespace
}  // namespace msunet::dispatch

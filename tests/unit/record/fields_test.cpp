// SPDX-License-Identifier: Apache-2.0
#include "msunet/record/fields.hpp"

#include <gtest/gtest.h>

#include "msunet/codec/json.hpp"
#include "msunet/core/error.hpp"
#include "samples.hpp"

namespace msunet::record {
namespace {

using codec::from_json;
using codec::to_json;

template <class T>
void expect_round_trip(const T& value) {
    EXPECT_EQ(from_json<T>(to_json(value)), value);
}

TEST(Fields, ResultsRoundTripInEveryState) {
    TrialResult result = sample_result(7);
    for (const auto state : {TrialState::done, TrialState::failed, TrialState::pca}) {
        result.state = state;
        expect_round_trip(result);
    }
    expect_round_trip(TrialResult{});
}

TEST(Fields, AssignmentRoundTrips) {
    Assignment assignment{12, {{12, sample_permutation()}, {14, {}}}, std::nullopt, "", 0, 0, 0};
    expect_round_trip(assignment);
    assignment.until_epoch = 3;
    assignment.checkpoint = "trials/12/checkpoint.h5";
    assignment.spent_seconds = 2.5;
    assignment.checkpoint_seconds = 7.5;
    assignment.first_started_at = 99.5;
    expect_round_trip(assignment);
}

TEST(Fields, CheckpointAndHistoryRoundTrip) {
    expect_round_trip(CheckpointReport{3, "trials/3/checkpoint.h5", 4, 17});
    expect_round_trip(History{sample_epoch(0), sample_epoch(1), sample_epoch(2)});
}

TEST(Fields, SweepStartRoundTrips) {
    SweepStart start = sample_start();
    start.trials = {0, 1, 2, 5, 9, 10, 999999999999};
    start.rounds = 20;
    const std::string text = to_json(Event(start));
    EXPECT_EQ(std::get<SweepStart>(from_json<Event>(text)), start);
    EXPECT_NE(text.find("\"version\":2"), std::string::npos);
    EXPECT_NE(text.find("[[0,3],[5,1],[9,2],[999999999999,1]]"), std::string::npos) << text;
}

TEST(Fields, EveryEventKeepsItsTextOnTheWayThrough) {
    const std::vector<std::pair<std::string, Event>> events{
        {"sweep_started", sample_start()},
        {"sweep_extended", SweepExtended{sample_start().configuration,
                                         sample_start().grid,
                                         {0, 6, 1},
                                         {0, 1, 2},
                                         {{0, 1}},
                                         {{6, 1, 5, "trials/1/checkpoint.h5"}},
                                         4}},
        {"trial_suggested", TrialSuggested{1, 5}},
        {"suggestions_ended", SuggestionsEnded{5}},
        {"trial_started", TrialStarted{1, 2, "trials/1/checkpoint.h5", 5.5}},
        {"checkpoint", CheckpointSaved{{1, "trials/1/checkpoint.h5", 2, 3}, 6}},
        {"epoch", EpochFinished{1, sample_epoch(4), 7}},
        {"trial_paused", TrialPaused{1, 8}},
        {"rung_reached", RungReached{1, 3, 0.25, sample_result(1), 8}},
        {"trial_promoted", TrialPromoted{1, 9, 2, 1, 8.5}},
        {"trial_finished", TrialFinished{sample_result(1), 9}},
        {"trial_retried", TrialRetried{1, 11}},
        {"heartbeat", Heartbeat{{"n1", 1, ""}, 12}},
        {"stopped", Stopped{StopReason::time_limit, 13}},
        {"resumed", Resumed{{"n2", 2, "77"}, sample_world(), 14}},
        {"finished", Finished{15}}};
    ASSERT_EQ(events.size(), std::variant_size_v<Event>);
    for (const auto& [name, event] : events) {
        const std::string text = to_json(event);
        EXPECT_EQ(text.find("{\"event\":\"" + name + "\""), 0) << text;
        const Event read = from_json<Event>(text);
        EXPECT_EQ(read.index(), event.index());
        EXPECT_EQ(to_json(read), text);
    }
}

TEST(Fields, NamesOfVersion1AreRead) {
    TrialResult failed = sample_result(2);
    failed.state = TrialState::failed;
    std::string text = to_json(Event(TrialFinished{failed, 9}));
    text.replace(text.find("trial_finished"), 14, "trial_failed");
    text.replace(text.find("\"permutation\""), 13, "\"point\"");
    EXPECT_EQ(std::get<TrialFinished>(from_json<Event>(text)).result, failed);
}

struct Broken {
    std::string text;
    std::string message;
};

TEST(Fields, BrokenEventsAreInputErrorsThatNameTheMember) {
    const std::vector<Broken> all{
        {"{}", "'event' is missing"},
        {R"({"event":5})", "'event' is not a text"},
        {R"({"event":"party"})", "'party' is unknown"},
        {R"({"event":"finished"})", "'at' is missing"},
        {R"({"event":"stopped","at":1,"reason":"bored"})", "'reason' is not one of signal, "},
        {R"({"event":"trial_paused","at":1,"trial":-1})", "'trial' is not an integer in range"},
        {R"({"event":"heartbeat","at":1,"owner":{"host":"a","pid":"b"}})",
         "'owner.pid' is not an integer"}};
    for (const Broken& broken : all) {
        try {
            (void)from_json<Event>(broken.text);
            ADD_FAILURE() << broken.text << " was read";
        } catch (const core::InputError& error) {
            EXPECT_NE(std::string(error.what()).find(broken.message), std::string::npos)
                << broken.text << ": " << error.what();
        }
    }
}

TEST(Fields, DamagedSelectionDoesNotEatTheMemory) {
    std::string text = to_json(Event(sample_start()));
    const std::string trials = "\"trials\":[[0,6]]";
    ASSERT_NE(text.find(trials), std::string::npos);
    text.replace(text.find(trials), trials.size(), "\"trials\":[[0,18446744073709551615]]");
    EXPECT_THROW((void)from_json<Event>(text), core::InputError);
}

}  // namespace
}  // namespace msunet::record

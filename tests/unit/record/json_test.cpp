// SPDX-License-Identifier: Apache-2.0
#include "msunet/record/json.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "msunet/core/error.hpp"
#include "samples.hpp"

namespace msunet::record {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

TEST(Json, TrialResultRoundTrips) {
    const TrialResult result = sample_result(7);
    const std::string text = to_json(result);
    EXPECT_EQ(trial_result_from_json(text), result);
    EXPECT_EQ(text.find('\n'), std::string::npos);
}

TEST(Json, EveryTrialStateRoundTrips) {
    for (const auto state : {TrialState::done, TrialState::failed, TrialState::pca}) {
        TrialResult result;
        result.state = state;
        EXPECT_EQ(trial_result_from_json(to_json(result)), result);
    }
}

TEST(Json, DoublesKeepTheirBits) {
    for (const double value : {0.1, 1.0 / 3, 5e-324, 1.7976931348623157e308, -0.0, 1e22, 1e-5,
                               123456789.123456789, static_cast<double>(0.1F)}) {
        EpochReport report;
        report.metrics.loss = value;
        const double read = epoch_report_from_json(to_json(report)).metrics.loss;
        EXPECT_EQ(read, value);
        EXPECT_EQ(std::signbit(read), std::signbit(value));
    }
}

TEST(Json, NonFiniteNumbersAreTexts) {
    EpochReport report;
    report.metrics.loss = nan;
    report.metrics.dice_coef = infinity;
    report.metrics.val_loss = -infinity;
    const std::string text = to_json(report);
    EXPECT_NE(text.find("\"loss\":\"nan\""), std::string::npos) << text;
    const Metrics read = epoch_report_from_json(text).metrics;
    EXPECT_TRUE(std::isnan(read.loss));
    EXPECT_EQ(read.dice_coef, infinity);
    EXPECT_EQ(read.val_loss, -infinity);
    EXPECT_EQ(read.val_dice_coef, std::nullopt);
}

TEST(Json, ValuesKeepTheirTypes) {
    const core::Permutation permutation{{"none", std::monostate{}},
                                        {"yes", true},
                                        {"whole", std::int64_t{1}},
                                        {"real", 1.0},
                                        {"most", std::numeric_limits<std::int64_t>::max()},
                                        {"least", std::numeric_limits<std::int64_t>::min()},
                                        {"infinite", infinity},
                                        {"text", std::string("nan")},
                                        {"quotes", std::string("a \"b\"\n\\ ü")}};
    EXPECT_EQ(permutation_from_json(to_json(permutation)), permutation);
}

TEST(Json, TextThatIsNoUtf8IsWritten) {
    TrialResult result;
    result.reason = "can't read 'a\xff.nii'";
    EXPECT_EQ(trial_result_from_json(to_json(result)).reason, "can't read 'a\xef\xbf\xbd.nii'");
}

TEST(Json, AssignmentRoundTrips) {
    Assignment assignment{12, sample_point(), std::nullopt, "", 0, 0};
    EXPECT_EQ(assignment_from_json(to_json(assignment)), assignment);
    assignment.until_epoch = 3;
    assignment.checkpoint = "trials/12/checkpoint.h5";
    assignment.spent_seconds = 2.5;
    assignment.first_started_at = 99.5;
    EXPECT_EQ(assignment_from_json(to_json(assignment)), assignment);
}

TEST(Json, CheckpointAndHistoryRoundTrip) {
    const CheckpointReport report{3, "trials/3/checkpoint.h5", 4, 17};
    EXPECT_EQ(checkpoint_report_from_json(to_json(report)), report);
    const History history{sample_epoch(0), sample_epoch(1), sample_epoch(2)};
    EXPECT_EQ(history_from_json(to_json(history)), history);
}

TEST(Json, SweepStartRoundTrips) {
    SweepStart start = sample_start();
    start.trials = {0, 1, 2, 5, 9, 10, 999999999999};
    const std::string text = to_json(Event(start));
    EXPECT_EQ(std::get<SweepStart>(event_from_json(text)), start);
    EXPECT_NE(text.find("\"version\":1"), std::string::npos);
    EXPECT_NE(text.find("[[0,3],[5,1],[9,2],[999999999999,1]]"), std::string::npos) << text;
}

TEST(Json, EveryEventKeepsItsTextOnTheWayThrough) {
    TrialResult failed = sample_result(2);
    failed.state = TrialState::failed;
    const std::vector<std::pair<std::string, Event>> events{
        {"sweep_started", sample_start()},
        {"trial_started", TrialStarted{1, 2, "trials/1/checkpoint.h5", 5.5}},
        {"checkpoint", CheckpointSaved{{1, "trials/1/checkpoint.h5", 2, 3}, 6}},
        {"epoch", EpochFinished{1, sample_epoch(4), 7}},
        {"trial_paused", TrialPaused{1, 8}},
        {"trial_finished", TrialFinished{sample_result(1), 9}},
        {"trial_failed", TrialFinished{failed, 9}},
        {"trial_lost", TrialLost{1, "the GPU is gone", 10}},
        {"trial_retried", TrialRetried{1, 11}},
        {"heartbeat", Heartbeat{{"n1", 1, ""}, 12}},
        {"stopped", Stopped{StopReason::time_limit, 13}},
        {"resumed", Resumed{{"n2", 2, "77"}, sample_world(), 14}},
        {"finished", Finished{15}}};
    ASSERT_EQ(events.size(), std::variant_size_v<Event> + 1);
    for (const auto& [name, event] : events) {
        const std::string text = to_json(event);
        EXPECT_EQ(text.find("{\"event\":\"" + name + "\""), 0) << text;
        const Event read = event_from_json(text);
        EXPECT_EQ(read.index(), event.index());
        EXPECT_EQ(to_json(read), text);
    }
}

struct Broken {
    std::string text;
    std::string message;
};

TEST(Json, BrokenEventsAreInputErrorsThatNameTheMember) {
    const std::vector<Broken> all{
        {"", "not JSON"},
        {"{", "not JSON"},
        {"[]", "'record' is not an object"},
        {"{}", "'event' is missing"},
        {R"({"event":5})", "'event' is not a text"},
        {R"({"event":"party"})", "'party' is unknown"},
        {R"({"event":"finished"})", "'at' is missing"},
        {R"({"event":"finished","at":"soon"})", "'at' is not a number"},
        {R"({"event":"stopped","at":1,"reason":"bored"})", "'reason' is not a known name"},
        {R"({"event":"trial_paused","at":1,"trial":-1})", "'trial' is not an integer in range"},
        {R"({"event":"trial_paused","at":1,"trial":1.5})", "'trial' is not an integer in range"},
        {R"({"event":"heartbeat","at":1,"owner":{"host":"a","pid":"b"}})",
         "'owner.pid' is not an integer"},
        {R"({"event":"finished","at":1e999})", "not JSON"}};
    for (const Broken& broken : all) {
        try {
            event_from_json(broken.text);
            ADD_FAILURE() << broken.text << " was read";
        } catch (const core::InputError& error) {
            EXPECT_NE(std::string(error.what()).find(broken.message), std::string::npos)
                << broken.text << ": " << error.what();
        }
    }
}

TEST(Json, DamagedSelectionDoesNotEatTheMemory) {
    std::string text = to_json(Event(sample_start()));
    const std::string trials = "\"trials\":[[0,6]]";
    ASSERT_NE(text.find(trials), std::string::npos);
    text.replace(text.find(trials), trials.size(), "\"trials\":[[0,18446744073709551615]]");
    EXPECT_THROW(event_from_json(text), core::InputError);
}

}  // namespace
}  // namespace msunet::record

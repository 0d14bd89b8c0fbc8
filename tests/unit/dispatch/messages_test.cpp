// SPDX-License-Identifier: Apache-2.0
#include "msunet/dispatch/messages.hpp"

#include <gtest/gtest.h>

#include "msunet/codec/json.hpp"

namespace msunet::dispatch {
namespace {

record::EpochReport some_report() {
    record::EpochReport report;
    report.epoch = 4;
    report.metrics = {0.1, 0.9, 0.8, 0.2, 0.7, 0.6};
    report.learning_rate = 1e-3;
    report.seconds = 1.25;
    return report;
}

record::TrialResult some_result() {
    record::TrialResult result;
    result.trial = 3;
    result.history = {some_report()};
    return result;
}

template <class Variant>
void expect_round_trips(const std::vector<Variant>& messages) {
    ASSERT_EQ(messages.size(), std::variant_size_v<Variant>);
    for (const Variant& message : messages) {
        const std::string text = codec::to_json(message);
        const auto read = codec::from_json<Variant>(text);
        EXPECT_EQ(read.index(), message.index()) << text;
        EXPECT_EQ(codec::to_json(read), text);
    }
}

TEST(Messages, EveryMessageRoundTrips) {
    // Ids go up to 10^18: no double may come between.
    constexpr record::TrialId large = 999'999'999'999'999'999U;
    expect_round_trips<ToDispatcher>(
        {Ready{}, Started{large, "trials/12/checkpoint.h5"}, EpochEnded{3, some_report()},
         CheckpointSaved{{3, "trials/3/checkpoint.h5", 4, 17}}, Ended{some_result()},
         Paused{5, some_result(), 0.5}, Returned{large}, SignalReceived{}, Left{}});
    const record::Assignment assignment{
        12, {{12, {{"lr", 0.1}}}}, 3, "trials/12/checkpoint.h5", 2.5, 99.5};
    expect_round_trips<ToLeader>({Assign{assignment}, Recall{large}, Drain{}, Stop{}, End{}});
    expect_round_trips<ToMember>({Train{assignment}, Dismiss{}});
}

TEST(Messages, TheirTextSaysWhatTheyAre) {
    EXPECT_EQ(codec::to_json(ToLeader(Recall{7})), R"({"message":"recall","trial":7})");
    EXPECT_EQ(codec::to_json(ToDispatcher(Paused{5, {}, 0})),
              R"({"message":"paused","trial":5,"seconds":0.0})");
}

}  // namespace
}  // namespace msunet::dispatch

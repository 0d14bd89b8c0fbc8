// SPDX-License-Identifier: Apache-2.0
#include "app/dispatch/protocol.hpp"

#include <gtest/gtest.h>

namespace msunet::app {
namespace {

record::EpochReport some_report() {
    record::EpochReport report;
    report.epoch = 4;
    report.metrics = {0.1, 0.9, 0.8, 0.2, 0.7, 0.6};
    report.learning_rate = 1e-3;
    report.seconds = 1.25;
    return report;
}

TEST(Protocol, MessagesComeBackAsSent) {
    const auto begun = decode_begun(encode(Begun{12, "trials/12/checkpoint.h5"}));
    EXPECT_EQ(begun.trial, 12U);
    EXPECT_EQ(begun.checkpoint, "trials/12/checkpoint.h5");

    const auto news = decode_epoch_news(encode(EpochNews{3, some_report()}));
    EXPECT_EQ(news.trial, 3U);
    EXPECT_EQ(news.report, some_report());

    const auto aside = decode_set_aside(encode(SetAside{5, true, some_report(), 0.5}));
    EXPECT_EQ(aside.trial, 5U);
    EXPECT_TRUE(aside.reached_until);
    EXPECT_EQ(aside.last, some_report());
    EXPECT_DOUBLE_EQ(aside.seconds, 0.5);
    EXPECT_FALSE(decode_set_aside(encode(SetAside{5, false, {}, 0})).last);

    // Ids go up to 10^18: no double may come between.
    EXPECT_EQ(decode_trial(encode_trial(999'999'999'999'999'999U)), 999'999'999'999'999'999U);
}

}  // namespace
}  // namespace msunet::app

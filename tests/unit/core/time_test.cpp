// SPDX-License-Identifier: Apache-2.0
#include "msunet/core/time.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>
#include <limits>

#include "msunet/core/error.hpp"

namespace msunet::core {
namespace {

class TimeTest : public testing::Test {
protected:
    void SetUp() override {
        ::setenv("TZ", "UTC", 1);
        ::tzset();
    }
    void TearDown() override {
        ::unsetenv("TZ");
        ::tzset();
    }
};

TEST_F(TimeTest, DurationsReadWell) {
    EXPECT_EQ(duration_text(0.417), "0.42 s");
    EXPECT_EQ(duration_text(9.999), "10.0 s");
    EXPECT_EQ(duration_text(12.34), "12.3 s");
    EXPECT_EQ(duration_text(59.99), "1 min 00 s");
    EXPECT_EQ(duration_text(185), "3 min 05 s");
    EXPECT_EQ(duration_text(3720), "1 h 02 min");
    EXPECT_EQ(duration_text(86399), "1 d 00 h");
    EXPECT_EQ(duration_text(2 * 86400 + 3 * 3600), "2 d 03 h");
    EXPECT_EQ(duration_text(-1), "unknown");
    EXPECT_EQ(duration_text(std::numeric_limits<double>::infinity()), "unknown");
}

TEST_F(TimeTest, DatesReadAsTheyAreWritten) {
    EXPECT_EQ(date_text(*parse_date("2026-11-23 09:08:51") + 0.7), "2026-11-23 09:08:51");
}

TEST_F(TimeTest, DurationsAreRead) {
    EXPECT_EQ(parse_duration("90 min"), 5400.0);
    EXPECT_EQ(parse_duration("12 h"), 43200.0);
    EXPECT_EQ(parse_duration("1.5h"), 5400.0);
    EXPECT_EQ(parse_duration("1 h 30 min"), 5400.0);
    EXPECT_EQ(parse_duration("45s"), 45.0);
    EXPECT_EQ(parse_duration("2 days"), 172800.0);
    EXPECT_EQ(parse_duration("1:30:00"), 5400.0);
    EXPECT_EQ(parse_duration("2-12:00:00"), 216000.0);
    EXPECT_EQ(parse_duration("0 s"), 0.0);
    for (const char* text : {"", "90", "min", "90 fortnights", "1:30", "1:60:00", "1:00:61",
                             "-5 min", "5 min 3", "1..5 h", "1:2:3:4", "x1:00:00", "1e5 s"}) {
        EXPECT_FALSE(parse_duration(text).has_value()) << text;
    }
}

TEST_F(TimeTest, DatesAreRead) {
    EXPECT_EQ(parse_date("1970-01-02"), 86400.0);
    EXPECT_EQ(parse_date("1970-01-01 00:01"), 60.0);
    EXPECT_EQ(parse_date("1970-01-01T00:00:30"), 30.0);
    // date -u -d '2026-01-31 18:00' +%s
    EXPECT_EQ(parse_date("2026-01-31 18:00"), 1769882400.0);
    for (const char* text :
         {"", "2026", "2026-02-30", "2026-13-01", "2026-01-31 25:00", "2026-01-31 18",
          "2026-01-31 18:00:99", "31-01-2026", "2026-01-31 18:00 x", "2026-01-31x18:00"}) {
        EXPECT_FALSE(parse_date(text).has_value()) << text;
    }
}

TEST_F(TimeTest, DeadlinesAreEither) {
    Deadline deadline;
    EXPECT_TRUE(from_text("1970-01-02", deadline));
    EXPECT_EQ(deadline.unix_seconds(5), 86400.0);
    EXPECT_TRUE(from_text("1 min", deadline));
    EXPECT_EQ(deadline.unix_seconds(5), 65.0);
    EXPECT_FALSE(from_text("soon", deadline));
    EXPECT_EQ(to_text(deadline), "1 min");
}

TEST_F(TimeTest, ClocksRun) {
    EXPECT_GT(unix_now(), 1.7e9);
    const double before = steady_seconds();
    EXPECT_GE(steady_seconds(), before);
}

}  // namespace
}  // namespace msunet::core

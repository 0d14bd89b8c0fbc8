// SPDX-License-Identifier: Apache-2.0
#include "settings/useless_bench_options.hpp"

#include <gmock/gmock.h>

namespace msunet::settings {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> warnings(std::vector<std::string> words) {
    BenchSettings settings;
    const auto schema = bench_schema(settings);
    const auto given = config::parse_command_line(schema, words);
    config::apply(schema, {}, given);
    return useless_bench_options(settings.bench, given);
}

TEST(UselessBenchOptions, AreThoseOfOtherBenchmarks) {
    EXPECT_THAT(warnings({"io", "--steps", "5", "--io_megabytes", "1", "--scratch", "x"}),
                ElementsAre("--steps has no effect on 'io'"));
    EXPECT_THAT(warnings({"limits", "--threads", "2", "--precision", "bf16", "-tpath", "x"}),
                ElementsAre("--precision has no effect on 'limits'",
                            "--training_data_path has no effect on 'limits'"));
    EXPECT_THAT(warnings({"step", "--repeats", "2"}),
                ElementsAre("--repeats has no effect on 'step'"));
    EXPECT_THAT(warnings({"group", "--repeats", "2", "--batch_size", "2", "--device", "cpu"}),
                IsEmpty());
    EXPECT_THAT(warnings({"all", "--steps", "5", "--io_megabytes", "1", "-ts", "64"}), IsEmpty());
}

TEST(UselessBenchOptions, DependOnTheScans) {
    EXPECT_THAT(
        warnings({"-ts", "64"}),
        ElementsAre("--target_size has no effect on 'step' without scans (-tpath, -mpath)"));
    EXPECT_THAT(warnings({"-ts", "64", "-tpath", "data", "-mpath", "masks"}), IsEmpty());
    EXPECT_THAT(warnings({"prepare", "-ts", "64", "--animals", "2"}), IsEmpty());
    EXPECT_THAT(warnings({"all", "--animals", "2", "-tpath", "data", "-mpath", "masks"}),
                ElementsAre("--animals has no effect where scans are given (-tpath)"));
}

TEST(UselessBenchOptions, EveryOptionHasItsUsers) {
    // Of io alone: an option that is added must be in the table.
    BenchSettings settings;
    std::vector<std::string> useful;
    settings.bench.what = BenchKind::io;
    for (const auto& option : bench_schema(settings).infos()) {
        const config::Settings given{{std::string(option.name), {}, "x"}};
        if (useless_bench_options(settings.bench, given).empty()) {
            useful.emplace_back(option.name);
        }
    }
    EXPECT_THAT(useful, ElementsAre("what", "repeats", "output", "scratch", "io_megabytes"));
}

}  // namespace
}  // namespace msunet::settings

// SPDX-License-Identifier: Apache-2.0
#include "msunet/settings/bench_settings.hpp"

#include <gmock/gmock.h>

#include "msunet/core/error.hpp"

namespace msunet::settings {
namespace {

using testing::HasSubstr;

BenchSettings read_bench(std::vector<std::string> words) { return read_bench_settings(words); }

TEST(BenchSettings, ScansMayBeLeftOutButNotHalfOfThem) {
    EXPECT_FALSE(read_bench({"--batch_size", "4"}).bench.training_data_path);
    try {
        read_bench({"prepare", "-tpath", "data"});
        FAIL() << "no error";
    } catch (const core::UsageError& error) {
        EXPECT_THAT(error.what(), HasSubstr("'prepare' takes phantoms"));
    }
    EXPECT_THROW(read_bench({"-ts", "64", "-hspace", "0.1"}), core::UsageError);
    EXPECT_THROW(read_bench({"--patch_size", "60"}), core::UsageError);
}

TEST(BenchSettings, TheFirstWordSaysWhatIsMeasured) {
    EXPECT_EQ(read_bench({}).bench.what, BenchKind::step);
    EXPECT_EQ(read_bench({"all", "-o", "out"}).bench.what, BenchKind::all);
    EXPECT_EQ(read_bench({"io", "--repeats", "2"}).bench.repeats, 2);
    EXPECT_THROW(read_bench({"everything"}), core::UsageError);
    EXPECT_THROW(read_bench({"step", "-o", "out"}), core::UsageError);
    EXPECT_THROW(read_bench({"all", "-tpath", "data", "-mpath", "masks", "--scratch", "masks/x"}),
                 core::UsageError);
}

TEST(BenchSettings, TravelAsText) {
    const auto sent =
        read_bench({"prepare", "-o", "out", "--scratch", "tmp", "-tpath", "data", "-mpath", "masks",
                    "--precision", "bf16", "-ts", "64", "--dropout", "0"});
    const auto got = bench_settings_from_yaml(bench_yaml(sent));
    EXPECT_EQ(got.train.folders.training_data_path, "data");
    EXPECT_EQ(got.train.preprocess.target_size, 64);
    EXPECT_EQ(got.train.train.precision, core::Precision::bf16);
    EXPECT_EQ(got.bench.dropout, 0);
    EXPECT_EQ(got.bench.what, BenchKind::prepare);
    EXPECT_EQ(got.bench.output, "out");
    EXPECT_EQ(got.bench.scratch, "tmp");
    EXPECT_FALSE(got.train.augment.enable_augmentation);
    EXPECT_FALSE(got.train.folders.cache.has_value());
}

}  // namespace
}  // namespace msunet::settings

// SPDX-License-Identifier: Apache-2.0
/// \file
/// The benchmark on a node with made-up GPUs.

#include "msunet/measure/bench.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "mpi/device/made_up_accelerator.hpp"
#include "msunet/core/error.hpp"
#include "msunet/core/log.hpp"
#include "msunet/core/text.hpp"
#include "msunet/settings/bench_settings.hpp"

namespace msunet::measure {
namespace {

using testing::HasSubstr;

settings::BenchSettings small_bench() {
    return settings::read_bench_settings(std::vector<std::string>{
        "--steps", "1", "--batch_size", "4", "--patch_size", "32", "--threads", "1"});
}

std::vector<core::Gpu> gpus(int count) {
    std::vector<core::Gpu> all;
    for (int i = 0; i < count; ++i) all.push_back({core::concat("GPU-", i), "NVIDIA T1000"});
    return all;
}

class BenchTest : public testing::Test {
protected:
    BenchTest() { core::log::set_rank(world_.rank()); }
    ~BenchTest() override { core::log::set_rank(0); }

    /// What this rank prints if every rank sees these GPUs.
    std::string output(test::MadeUpAccelerator& accelerator) const {
        testing::internal::CaptureStdout();
        EXPECT_EQ(bench_training(small_bench(), world_, test::source_of(&accelerator)),
                  core::ExitCode::ok);
        return testing::internal::GetCapturedStdout();
    }

    comm::Communicator world_ = comm::Communicator::world();
};

TEST_F(BenchTest, RanksWithoutAGpuTimeNothing) {
    test::MadeUpAccelerator accelerator(gpus(2));
    const auto text = output(accelerator);
    const bool has_gpu = world_.rank() < 2;
    EXPECT_EQ(accelerator.chosen().empty(), !has_gpu);
    EXPECT_EQ(accelerator.engines(), has_gpu ? 1 : 0);
    if (!world_.is_root()) return;
    const auto timing = world_.size() == 1 ? 1 : 2;
    EXPECT_THAT(text, HasSubstr(core::concat("on NVIDIA T1000, ", timing, " rank")));
    const std::vector<std::string> idle{"", "", ": 2 (", ": 2, 3 ("};
    const auto& ranks = idle.at(static_cast<std::size_t>(world_.size() - 1));
    const auto named = HasSubstr(core::concat("\nnote: ranks that time no steps", ranks));
    EXPECT_EQ(testing::Matches(named)(text), world_.size() > 2) << text;
}

TEST_F(BenchTest, TheSuiteTrainsOnRanksWithAGpuOnly) {
    test::MadeUpAccelerator accelerator(gpus(2));
    auto settings = small_bench();
    settings.bench.what = settings::BenchKind::group;
    settings.bench.repeats = 1;
    testing::internal::CaptureStdout();
    EXPECT_EQ(bench_training(settings, world_, test::source_of(&accelerator)), core::ExitCode::ok);
    const auto text = testing::internal::GetCapturedStdout();
    EXPECT_EQ(accelerator.chosen().empty(), world_.rank() >= 2);
    if (!world_.is_root()) return;
    EXPECT_THAT(text, testing::ContainsRegex("strong +1 +1 "));
    EXPECT_EQ(testing::Matches(testing::ContainsRegex("weak +2 +1 "))(text), world_.size() > 1);
    EXPECT_THAT(text, testing::Not(testing::ContainsRegex("weak +[34] ")));
    EXPECT_THAT(text, testing::Not(HasSubstr("all-reduce")));
}

TEST_F(BenchTest, ABatchTooSmallForTheGpusOfANodeIsRefused) {
    if (world_.size() < 3) GTEST_SKIP() << "needs two other ranks";
    test::MadeUpAccelerator accelerator(gpus(3));
    auto settings = small_bench();
    settings.bench.batch_size = 2;
    try {
        bench_training(settings, world_, test::source_of(&accelerator));
        FAIL() << "no error";
    } catch (const core::UsageError& error) {
        EXPECT_THAT(error.what(), HasSubstr("at least 3 (the 3 ranks of a node share a batch)"));
        EXPECT_THAT(error.what(), HasSubstr("batch_size"));
    }
}

}  // namespace
}  // namespace msunet::measure

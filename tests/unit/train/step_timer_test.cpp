// SPDX-License-Identifier: Apache-2.0
#include "msunet/train/step_timer.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <numeric>

#include "msunet/core/fault.hpp"
#include "msunet/core/time.hpp"
#include "small_trial.hpp"

namespace msunet::train {
namespace {

unet::Hyperparameters small_batches() {
    unet::Hyperparameters hyperparameters;
    hyperparameters.batch_size = 5;
    return hyperparameters;
}

class StepTimes : public testing::Test {
protected:
    const test::SmallTrial place_{"step_timer"};
    const comm::Communicator group_ = comm::Communicator::self_without_mpi();
    const TrialContext context_ = place_.context();
    StepTimer timer_{context_.dataset,
                     place_.index(),
                     small_batches(),
                     {.architecture = context_.architecture, .group = group_}};
};

TEST_F(StepTimes, AreThoseOfWholeBatches) {
    timer_.warm_up(1, false);
    // 12 samples are two whole batches: the third step begins again.
    for (int i = 0; i < 3; ++i) timer_.train();
    timer_.infer();
    EXPECT_EQ(timer_.training().seconds.size(), 3U);
    EXPECT_EQ(timer_.training().samples, 5);
    EXPECT_EQ(timer_.inference().seconds.size(), 1U);
    for (const double seconds : timer_.training().seconds) EXPECT_GT(seconds, 0);
    const auto sections = timer_.profile(2);
    EXPECT_GT(std::accumulate(sections.begin(), sections.end(), 0.0), 0);
    EXPECT_EQ(timer_.training().seconds.size(), 3U);
}

TEST_F(StepTimes, EndWithAFailure) {
    ::setenv("MSUNET_FAULT", "train.step:0:exception:2", 1);
    core::arm_faults(0);
    for (int i = 0; i < 4; ++i) timer_.train();
    ::unsetenv("MSUNET_FAULT");
    core::arm_faults(0);
    EXPECT_NE(timer_.failure().find("injected"), std::string::npos) << timer_.failure();
    EXPECT_EQ(timer_.training().seconds.size(), 2U);
}

/// Does nothing.
class IdleEngine final : public StepEngine {
public:
    StepOutcome train(const BatchPart&, std::int64_t, double, std::int64_t) override { return {}; }
    StepOutcome evaluate(const BatchPart&, std::int64_t) override { return {}; }
    std::string failure() const override { return {}; }
    std::vector<float> bottleneck(std::span<const std::uint32_t>) override { return {}; }
    std::vector<float> predict(std::span<const float>) override { return {}; }
    std::vector<core::NamedArray> weights() const override { return {}; }
    void load_weights(std::span<const core::NamedArray>) override {}
    std::vector<StateBuffer> state() const override { return {}; }
    std::int64_t iterations() const override { return 0; }
    std::string restore(std::span<const StateBuffer>, std::int64_t) override { return {}; }
    std::int64_t peak_memory() const override { return 0; }
};

TEST_F(StepTimes, LeaveOutTheShufflingOfAnEpoch) {
    // Two million windows, all in one batch: each step begins an epoch.
    constexpr std::uint32_t side = 1400;
    const auto dataset = data::Dataset::from_vectors(
        {{.name = "one"}}, {{.height = side, .width = side}}, std::vector<float>(side * side),
        std::vector<std::uint8_t>(side * side));
    const data::PatchIndex index(dataset, {.fractional = false, .size = 32, .stride = 1});
    unet::Hyperparameters hyperparameters;
    hyperparameters.batch_size = static_cast<std::int64_t>(index.training().size());
    StepTimer timer(
        dataset, index, hyperparameters,
        {.architecture = context_.architecture,
         .group = group_,
         .make_engine = [](const EngineSpec&) { return std::make_unique<IdleEngine>(); }});
    const double began = core::steady_seconds();
    for (int i = 0; i < 3; ++i) timer.train();
    const double all = core::steady_seconds() - began;
    const auto& seconds = timer.training().seconds;
    EXPECT_LT(std::accumulate(seconds.begin(), seconds.end(), 0.0), all / 2);
}

}  // namespace
}  // namespace msunet::train

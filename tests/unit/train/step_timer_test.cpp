// SPDX-License-Identifier: Apache-2.0
#include "msunet/train/step_timer.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <numeric>

#include "msunet/core/fault.hpp"
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

}  // namespace
}  // namespace msunet::train

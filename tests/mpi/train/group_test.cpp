// SPDX-License-Identifier: Apache-2.0
// The number of ranks changes only the order of the arithmetic.

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>

#include "msunet/core/fault.hpp"
#include "msunet/h5/keras_file.hpp"
#include "unit/train/small_trial.hpp"

namespace msunet {
namespace {

using comm::Communicator;
using record::Answer;
using record::TrialState;

/// The trial on this rank alone, without a reducer.
record::TrialResult alone(const record::Assignment& work, model::Precision precision) {
    const test::SmallTrial place("alone");
    auto context = place.context();
    context.precision = precision;
    test::Control control;
    return test::run_trial(context, work, control);
}

class Group : public testing::Test {
protected:
    Group() : reducer_(Communicator::world()), place_("group", Communicator::world(), &reducer_) {}

    comm::MpiAllReducer reducer_;
    test::SmallTrial place_;
};

double largest_difference(const record::History& a, const record::History& b) {
    EXPECT_EQ(a.size(), b.size());
    double largest = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        for (const auto name : record::metric_names) {
            largest = std::max(largest, std::abs(*record::metric(a[i].metrics, name) -
                                                 *record::metric(b[i].metrics, name)));
        }
    }
    return largest;
}

TEST_F(Group, AgreesWithOneRankInFloat64) {
    // 9 epochs of 3 steps, the last of 2 samples: on 3 ranks one has none. Dropout is on.
    const auto work = test::assignment({{"epochs", std::int64_t{9}}});
    auto context = place_.context();
    context.precision = model::Precision::float64;
    test::Control control;
    const auto together = test::run_trial(context, work, control);
    ASSERT_EQ(together.state, TrialState::done) << together.reason;
    const auto one = alone(work, model::Precision::float64);
    EXPECT_LE(largest_difference(together.history, one.history), 1e-10);
    for (std::size_t i = 0; i < one.modality[0].dice.val.size(); ++i) {
        const auto &a = together.modality[0].dice.val[i], &b = one.modality[0].dice.val[i];
        ASSERT_EQ(a.has_value(), b.has_value());
        EXPECT_NEAR(a.value_or(0), b.value_or(0), 1e-10);
    }
}

TEST_F(Group, AgreesWithOneRankOnAnyArchitecture) {
    const unet::Architecture residual(
        {.name = "residual",
         .blocks = {{.channels = 8, .residual = true}, {.channels = 12, .residual = true}}});
    for (const std::int64_t layer : {0, 3, 19}) {
        const auto work =
            test::assignment({{"which_layer", layer}, {"upsamplingTrainable", layer != 3}});
        const auto history = [&](const test::SmallTrial& place) {
            auto context = place.context();
            context.precision = model::Precision::float64;
            test::Control control;
            const auto result = test::run_trial(context, work, control);
            EXPECT_EQ(result.state, TrialState::done) << result.reason;
            return result.history;
        };
        const test::SmallTrial together("residual", Communicator::world(), &reducer_, residual);
        const test::SmallTrial one("residual_alone", Communicator::self_without_mpi(), nullptr,
                                   residual);
        EXPECT_LE(largest_difference(history(together), history(one)), 1e-10) << layer;
    }
}

TEST_F(Group, DrawsTheAugmentationOfOneRank) {
    const auto work = test::assignment({{"online_augmentation", std::string("strong")}});
    auto context = place_.context();
    context.precision = model::Precision::float64;
    test::Control control;
    const auto together = test::run_trial(context, work, control);
    ASSERT_EQ(together.state, TrialState::done) << together.reason;
    EXPECT_LE(largest_difference(together.history, alone(work, model::Precision::float64).history),
              1e-10);
}

TEST_F(Group, FirstFloat32LossAgrees) {
    const auto work =
        test::assignment({{"epochs", std::int64_t{1}}, {"batch_size", std::int64_t{12}}});
    test::Control control;
    const auto together = test::run_trial(place_.context(), work, control);
    const auto one = alone(work, model::Precision::float32);
    EXPECT_NEAR(together.history[0].metrics.loss, one.history[0].metrics.loss, 1e-7);
}

TEST_F(Group, FrozenLayersKeepTheRanksInStep) {
    for (const std::int64_t layer : {0, 7, 19}) {
        const auto work = test::assignment({{"which_layer", layer},
                                            {"contractingBatchNormTrainable", layer != 7},
                                            {"upsamplingTrainable", false}});
        auto context = place_.context();
        context.precision = model::Precision::float64;
        test::Control control;
        const auto together = test::run_trial(context, work, control);
        ASSERT_EQ(together.state, TrialState::done) << together.reason;
        EXPECT_LE(
            largest_difference(together.history, alone(work, model::Precision::float64).history),
            1e-10);
    }
}

TEST_F(Group, LocalStatisticsKeepTheRanksAlike) {
    auto context = place_.context();
    context.options.sync_batch_norm = false;
    test::Control control;
    const auto result = test::run_trial(context, test::assignment(), control);
    ASSERT_EQ(result.state, TrialState::done) << result.reason;
    const auto losses = Communicator::world().all_gather(result.history.back().metrics.loss);
    for (const double loss : losses) EXPECT_EQ(loss, losses[0]);
}

TEST_F(Group, PausesTogetherAndResumesBitForBit) {
    auto work = test::assignment();
    test::Control control;
    const auto whole = test::run_trial(place_.context(), work, control);
    for (const std::int64_t nth : {1, 2, 4}) {
        test::Control pausing, rest;
        // Only one rank asks: a signal may reach one alone.
        pausing.step_answer = [&](const record::StepReport&) {
            const bool asks = Communicator::world().rank() == Communicator::world().size() - 1;
            return asks && pausing.steps == nth ? Answer::stop : Answer::go_on;
        };
        work.checkpoint.clear();
        const auto part = test::run_trial(place_.context(), work, pausing);
        ASSERT_EQ(part.state, TrialState::paused);
        EXPECT_EQ(pausing.checkpoints.size(), Communicator::world().is_root() ? 1U : 0U);
        work.checkpoint = "trials/4/checkpoint.h5";
        const auto pieces = test::run_trial(place_.context(), work, rest);
        EXPECT_EQ(test::metrics(pieces.history), test::metrics(whole.history)) << nth;
        EXPECT_EQ(pieces.modality, whole.modality) << nth;
    }
}

TEST_F(Group, AFailureOnOneRankEndsTheTrialEverywhere) {
    const auto world = Communicator::world();
    const int failing = world.size() - 1;
    for (const char* point : {"train.step", "train.engine"}) {
        ::setenv("MSUNET_FAULT",
                 (std::string(point) + ":" + std::to_string(failing) + ":exception:1").c_str(), 1);
        core::arm_faults(world.rank());
        test::Control control;
        const auto result = test::run_trial(place_.context(), test::assignment(), control);
        EXPECT_EQ(result.state, TrialState::failed);
        EXPECT_FALSE(result.reason.empty());
        EXPECT_EQ(world.broadcast(result.reason), result.reason);
        ::unsetenv("MSUNET_FAULT");
        core::arm_faults(world.rank());
        // The group then trains the next trial.
        EXPECT_EQ(test::run_trial(place_.context(), test::assignment(), control).state,
                  TrialState::done);
    }
}

TEST_F(Group, LargerThanTheBatchFailsTheTrial) {
    const int ranks = Communicator::world().size();
    if (ranks == 1) GTEST_SKIP() << "needs more ranks than samples in a batch";
    test::Control control;
    const auto result = test::run_trial(
        place_.context(), test::assignment({{"batch_size", std::int64_t{ranks - 1}}}), control);
    EXPECT_EQ(result.state, TrialState::failed);
    EXPECT_NE(result.reason.find("batch_size"), std::string::npos) << result.reason;
}

TEST_F(Group, StartsAgainWhereOneRankCantReadTheCheckpoint) {
    test::Control pausing, resumed, fresh;
    pausing.step_answer = [](const record::StepReport&) { return Answer::stop; };
    auto work = test::assignment();
    ASSERT_EQ(test::run_trial(place_.context(), work, pausing).state, TrialState::paused);
    const auto world = Communicator::world();
    work.checkpoint = "trials/4/checkpoint.h5";
    auto broken = work;
    if (world.rank() == world.size() - 1) broken.checkpoint = "trials/4/missing.h5";
    const auto again = test::run_trial(place_.context(), broken, resumed);
    ASSERT_EQ(again.state, TrialState::done) << again.reason;
    work.checkpoint.clear();
    const auto expected = test::run_trial(place_.context(), work, fresh);
    EXPECT_EQ(test::metrics(again.history), test::metrics(expected.history));
}

TEST_F(Group, StartsAgainWhereTheRanksReadDifferentCheckpoints) {
    namespace fs = std::filesystem;
    const auto world = Communicator::world();
    auto context = place_.context();
    auto work = test::assignment();
    const auto pause_after = [&](std::int64_t steps) {
        test::Control control;
        control.step_answer = [&](const record::StepReport&) {
            return control.steps >= steps ? Answer::stop : Answer::go_on;
        };
        ASSERT_EQ(test::run_trial(context, work, control).state, TrialState::paused);
    };
    const auto earlier = context.experiment_folder / "earlier";
    pause_after(1);
    if (world.is_root()) {
        fs::create_directories(earlier);
        fs::copy(context.experiment_folder / "trials", earlier / "trials",
                 fs::copy_options::recursive);
    }
    test::Control resumed, fresh;
    const auto expected = test::run_trial(context, work, fresh);
    pause_after(2);
    work.checkpoint = "trials/4/checkpoint.h5";
    if (world.size() > 1 && world.rank() == world.size() - 1) context.experiment_folder = earlier;
    const auto again = test::run_trial(context, work, resumed);
    ASSERT_EQ(again.state, TrialState::done) << again.reason;
    EXPECT_EQ(test::metrics(again.history), test::metrics(expected.history));
    EXPECT_EQ(resumed.steps == fresh.steps, world.size() > 1) << "alone it resumes";
}

}  // namespace
}  // namespace msunet

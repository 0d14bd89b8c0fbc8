// SPDX-License-Identifier: Apache-2.0
// A trial that was paused and resumed gives, bit for bit, the results of one that was not.

#include <gtest/gtest.h>

#include <cstdlib>

#include "msunet/core/fault.hpp"
#include "msunet/h5/keras_file.hpp"
#include "small_trial.hpp"

namespace msunet {
namespace {

using record::Answer;
using record::TrialState;

/// Runs a trial that is paused at its `nth` call of the control (0: never) and then resumed.
record::TrialResult run_with_pause(const test::SmallTrial& place, record::Assignment work,
                                   std::int64_t nth) {
    test::Control control;
    control.step_answer = [&](const record::StepReport&) {
        return control.steps == nth ? Answer::pause : Answer::go_on;
    };
    auto result = test::run_trial(place.context(), work, control);
    if (nth == 0) return result;
    EXPECT_EQ(result.state, TrialState::paused);
    EXPECT_EQ(control.checkpoints.size(), 1U);
    work.checkpoint = control.checkpoints.back().file;
    test::Control rest;
    return test::run_trial(place.context(), work, rest);
}

/// Names and values of the trained weights.
std::vector<core::NamedArray> trained(const test::SmallTrial& place,
                                      const record::TrialResult& result) {
    return h5::read_keras_file(place.folder() / result.weights_file).weights();
}

class Resume : public testing::TestWithParam<const char*> {};

TEST_P(Resume, IsBitExactAtAnyStep) {
    const test::SmallTrial place("resume");
    const auto work = test::assignment({{"optimizer", std::string(GetParam())},
                                        {"lr_schedule", std::string("cosine")},
                                        {"restore_best", true}});
    const auto whole = run_with_pause(place, work, 0);
    ASSERT_EQ(whole.state, TrialState::done) << whole.reason;
    const auto weights = trained(place, whole);
    // An epoch calls 3 times from training and 2 times from validation; 11 is in the metrics by
    // modality at the end.
    for (const std::int64_t nth : {1, 3, 4, 7, 11}) {
        const auto pieces = run_with_pause(place, work, nth);
        ASSERT_EQ(pieces.state, TrialState::done) << pieces.reason;
        EXPECT_EQ(test::metrics(pieces.history), test::metrics(whole.history)) << nth;
        EXPECT_EQ(pieces.modality, whole.modality) << nth;
        EXPECT_EQ(pieces.best_epoch, whole.best_epoch) << nth;
        EXPECT_EQ(trained(place, pieces), weights) << nth;
    }
}

TEST(Resume, DrawsTheSameAugmentation) {
    const test::SmallTrial place("augmented");
    const auto work = test::assignment({{"online_augmentation", std::string("strong")}});
    const auto whole = run_with_pause(place, work, 0);
    const auto pieces = run_with_pause(place, work, 7);
    EXPECT_EQ(test::metrics(pieces.history), test::metrics(whole.history));
    EXPECT_EQ(trained(place, pieces), trained(place, whole));
    const auto plain = run_with_pause(place, test::assignment(), 0);
    EXPECT_NE(whole.history[0].metrics.loss, plain.history[0].metrics.loss);
}

INSTANTIATE_TEST_SUITE_P(Optimizers, Resume, testing::Values("Adam", "Nadam", "Adafactor"));

TEST(Resume, ContinuesAfterUntilEpoch) {
    const test::SmallTrial place("until");
    auto work = test::assignment({{"epochs", std::int64_t{3}}});
    test::Control control;
    const auto whole = test::run_trial(place.context(), work, control);
    work.until_epoch = 2;
    test::Control first, second;
    const auto paused = test::run_trial(place.context(), work, first);
    EXPECT_EQ(paused.state, TrialState::paused);
    EXPECT_EQ(paused.history.size(), 2U);
    work.until_epoch.reset();
    work.checkpoint = first.checkpoints.back().file;
    const auto rest = test::run_trial(place.context(), work, second);
    EXPECT_EQ(second.epochs.size(), 1U);
    EXPECT_EQ(test::metrics(rest.history), test::metrics(whole.history));
}

// A leader that is killed after the last epoch may not have said that its checkpoint is on disk.
TEST(Resume, SaysHowFarItsCheckpointIs) {
    const test::SmallTrial place("says");
    auto context = place.context();
    context.keeps_last_checkpoint = true;
    auto work = test::assignment();
    test::Control killed, resumed, elsewhere;
    test::run_trial(context, work, killed);
    work.checkpoint = "trials/4/checkpoint.h5";
    const auto result = test::run_trial(context, work, resumed);
    EXPECT_EQ(result.state, TrialState::done) << result.reason;
    EXPECT_TRUE(resumed.epochs.empty());
    EXPECT_EQ(resumed.checkpoints,
              (std::vector<record::CheckpointReport>{{4, work.checkpoint, 2, 0}}));
    auto other = test::assignment({}, 7);
    other.checkpoint = work.checkpoint;
    test::run_trial(context, other, elsewhere);
    EXPECT_TRUE(elsewhere.checkpoints.empty()) << "it is not its own";
}

// A long epoch that is killed is not lost.
TEST(Resume, IsBitExactFromACheckpointWithinAnEpoch) {
    namespace fs = std::filesystem;
    const test::SmallTrial place("within");
    auto context = place.context();
    context.options.checkpoint_minutes = 1e-9;
    auto work = test::assignment();
    const auto file = place.folder() / "trials/4/checkpoint.h5";
    const auto kept = place.folder() / "kept.h5";
    test::Control whole, rest;
    whole.step_answer = [&](const record::StepReport&) {
        // What a kill at this moment would leave.
        if (!whole.checkpoints.empty() && whole.checkpoints.back().step > 0) {
            fs::copy_file(file, kept, fs::copy_options::overwrite_existing);
        }
        return Answer::go_on;
    };
    const auto expected = test::run_trial(context, work, whole);
    ASSERT_EQ(expected.state, TrialState::done) << expected.reason;
    ASSERT_TRUE(fs::exists(kept));
    const auto weights = trained(place, expected);
    fs::copy_file(kept, file, fs::copy_options::overwrite_existing);
    work.checkpoint = "trials/4/checkpoint.h5";
    const auto result = test::run_trial(context, work, rest);
    EXPECT_LT(rest.steps, whole.steps);
    EXPECT_GT(rest.checkpoints.front().step, 0);
    EXPECT_EQ(test::metrics(result.history), test::metrics(expected.history));
    EXPECT_EQ(result.modality, expected.modality);
    EXPECT_EQ(trained(place, result), weights);
}

// A disk that was full for a moment.
TEST(Resume, APauseIsSavedWhereTheCheckpointBeforeItFailed) {
    const test::SmallTrial place("before_pause");
    auto context = place.context();
    context.options.checkpoint_minutes = 1e-9;
    test::Control control;
    control.step_answer = [](const record::StepReport&) { return Answer::stop; };
    ::setenv("MSUNET_FAULT", "file_write:0:full_disk:1", 1);
    core::arm_faults(0);
    const auto result = test::run_trial(context, test::assignment(), control);
    ::unsetenv("MSUNET_FAULT");
    core::arm_faults(0);
    EXPECT_EQ(result.state, TrialState::paused);
    ASSERT_EQ(control.checkpoints.size(), 1U);
    EXPECT_EQ(control.checkpoints.front().step, 1);
}

/// The file of a checkpoint of `work`'s first step.
std::string checkpoint_of(const test::SmallTrial& place, const record::Assignment& work) {
    test::Control control;
    control.step_answer = [](const record::StepReport&) { return Answer::stop; };
    EXPECT_EQ(test::run_trial(place.context(), work, control).state, TrialState::paused);
    return control.checkpoints.back().file;
}

/// Trains `work` from its checkpoint and compares it with a trial without one.
void expect_a_new_start(const test::SmallTrial& place, record::Assignment work) {
    test::Control resumed, fresh;
    const auto result = test::run_trial(place.context(), work, resumed);
    ASSERT_EQ(result.state, TrialState::done) << result.reason;
    work.checkpoint.clear();
    const auto expected = test::run_trial(place.context(), work, fresh);
    EXPECT_EQ(test::metrics(result.history), test::metrics(expected.history));
    EXPECT_EQ(resumed.steps, fresh.steps);
}

TEST(Resume, StartsAgainFromTheCheckpointOfAnotherTrial) {
    const test::SmallTrial place("other");
    auto other = test::assignment({{"lr", 2e-4}});
    other.checkpoint = checkpoint_of(place, test::assignment());
    expect_a_new_start(place, other);
}

TEST(Resume, StartsAgainFromADamagedCheckpoint) {
    const test::SmallTrial place("damaged");
    auto work = test::assignment();
    work.checkpoint = checkpoint_of(place, work);
    const auto file = place.folder() / work.checkpoint;
    std::filesystem::resize_file(file, std::filesystem::file_size(file) / 2);
    expect_a_new_start(place, work);
    work.checkpoint = "trials/4/missing.h5";
    expect_a_new_start(place, work);
}

TEST(Resume, ACheckpointIsSavedWhenItIsDue) {
    const test::SmallTrial place("due");
    auto context = place.context();
    context.options.checkpoint_minutes = 0;
    test::Control control;
    const auto result =
        test::run_trial(context, test::assignment({{"epochs", std::int64_t{3}}}), control);
    ASSERT_EQ(result.state, TrialState::done);
    // After the last epoch the weights are written instead.
    ASSERT_FALSE(control.checkpoints.empty());
    EXPECT_EQ(control.checkpoints.back().epoch, 2);
    EXPECT_EQ(control.checkpoints.back().step, 0);
}

}  // namespace
}  // namespace msunet

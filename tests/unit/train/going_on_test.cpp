// SPDX-License-Identifier: Apache-2.0
// A training that goes on from the last checkpoint of another one gives, bit for bit, what it gives
// from its first epoch.

#include "msunet/train/going_on.hpp"

#include <gmock/gmock.h>

#include <algorithm>

#include "outcomes.hpp"

namespace msunet {
namespace {

using record::Answer;
using test::Outcomes;
using testing::HasSubstr;
using train::ModalityMetrics;

record::TrainingEnd end_of(record::TrialId trial, const core::Permutation& changes) {
    return {trial, test::assignment(changes, trial).ends.front().permutation};
}

/// With this rate the best epoch is not always the last one.
core::Permutation with(std::int64_t epochs, core::Permutation changes = {}) {
    changes.try_emplace("lr", 3e-2);
    changes["epochs"] = epochs;
    return changes;
}

using Change = std::function<void(train::TrialContext&)>;

train::TrialContext context_of(const test::SmallTrial& place, const Change& change) {
    auto context = place.context();
    context.keeps_last_checkpoint = true;
    change(context);
    return context;
}

/// Trains `ends` to their ends; returns the last checkpoint.
record::CheckpointReport train_ended(const test::SmallTrial& place, const Change& change,
                                     const std::vector<record::TrainingEnd>& ends) {
    test::Control control;
    EXPECT_FALSE(train::run_trial(context_of(place, change), test::work_of(ends), control).paused);
    EXPECT_FALSE(control.checkpoints.empty());
    return control.checkpoints.empty() ? record::CheckpointReport{} : control.checkpoints.back();
}

/// `ends`, from the first epoch.
Outcomes from_first(const Change& change, const std::vector<record::TrainingEnd>& ends) {
    const auto place = test::small_place("from_first");
    test::Control control;
    EXPECT_FALSE(train::run_trial(context_of(place, change), test::work_of(ends), control).paused);
    Outcomes all;
    test::add_outcomes(place, control, all);
    return all;
}

/// What a training did that went on.
struct WentOn {
    Outcomes outcomes;
    std::size_t epochs = 0;  ///< that it trained
    double seconds = 0;      ///< of its last result
};

/// What the training took that had come to the checkpoint: longer than any test.
constexpr double seconds_before = 1e5;

/// `ends` from the checkpoint, paused at the `nth` call of the control (0: never) and resumed.
WentOn go_on(const test::SmallTrial& place, const Change& change,
             const std::vector<record::TrainingEnd>& ends, const std::string& checkpoint,
             std::int64_t nth = 0) {
    auto work = test::work_of(ends);
    work.checkpoint = checkpoint;
    work.checkpoint_seconds = seconds_before;
    test::Control control, rest;
    control.step_answer = [&](const record::StepReport&) {
        return control.steps == nth ? Answer::pause : Answer::go_on;
    };
    const auto context = context_of(place, change);
    WentOn went;
    const bool paused = train::run_trial(context, work, control).paused.has_value();
    EXPECT_EQ(paused, nth > 0) << "a weak test";
    test::add_outcomes(place, control, went.outcomes);
    if (paused) {
        std::erase_if(work.ends,
                      [&](const auto& end) { return went.outcomes.contains(end.trial); });
        work.checkpoint = control.checkpoints.back().file;
        EXPECT_NE(work.checkpoint, checkpoint);
        EXPECT_FALSE(train::run_trial(context, work, rest).paused);
    }
    test::add_outcomes(place, rest, went.outcomes);
    went.epochs = control.epochs.size() + rest.epochs.size();
    went.seconds = (rest.results.empty() ? control : rest).results.back().duration;
    return went;
}

/// Epochs of the longest history.
std::size_t longest(const Outcomes& outcomes) {
    std::size_t most = 0;
    for (const auto& entry : outcomes) most = std::max(most, entry.second.history.size());
    return most;
}

constexpr auto as_it_is = [](train::TrialContext&) {};

TEST(GoingOn, EqualsATrainingFromTheFirstEpoch) {
    const auto place = test::small_place("goes_on");
    const auto checkpoint = train_ended(
        place, as_it_is, {end_of(4, with(3, {{"restore_best", true}})), end_of(5, with(2))});
    EXPECT_EQ(checkpoint.epoch, 3);
    EXPECT_EQ(checkpoint.step, 0);
    const std::vector<record::TrainingEnd> ends{
        end_of(7, with(5)), end_of(8, with(6, {{"restore_best", true}})),
        end_of(9, with(6, {{"early_stopping", std::int64_t{3}}, {"restore_best", true}})),
        end_of(10, with(3))};
    const auto expected = from_first(as_it_is, ends);
    const auto whole = go_on(place, as_it_is, ends, checkpoint.file);
    test::expect_equal(whole.outcomes, expected);
    EXPECT_EQ(whole.epochs + 3, longest(expected));
    EXPECT_GT(whole.seconds, seconds_before) << "the time is that of all of its epochs";
    // In the evaluation of the end that is reached, in an epoch.
    for (const std::int64_t nth : {2, 14}) {
        SCOPED_TRACE("paused at " + std::to_string(nth));
        const auto pieces = go_on(place, as_it_is, ends, checkpoint.file, nth);
        test::expect_equal(pieces.outcomes, expected);
        EXPECT_GT(pieces.seconds, seconds_before);
    }
}

TEST(GoingOn, EqualsItWithALearningRateThatFalls) {
    const auto place = test::small_place("plateau");
    const auto checkpoint = train_ended(place, as_it_is, {end_of(4, with(12, test::falling_rate))});
    const std::vector<record::TrainingEnd> ends{end_of(7, with(14, test::falling_rate))};
    const auto expected = from_first(as_it_is, ends);
    EXPECT_EQ(expected.at(7).state, record::TrialState::done);
    const auto& history = expected.at(7).history;
    EXPECT_LT(history.back().learning_rate, history.front().learning_rate) << "a weak test";
    const auto went = go_on(place, as_it_is, ends, checkpoint.file);
    test::expect_equal(went.outcomes, expected);
    EXPECT_EQ(went.epochs, 2U);
}

TEST(GoingOn, EqualsItWithDiceByModality) {
    const auto every_epoch = [](train::TrialContext& context) {
        context.metric = "fmri_val_dice";
        context.options.modality_metrics = ModalityMetrics::every_epoch;
    };
    const auto by_metric = [](train::TrialContext& context) { context.metric = "fmri_val_dice"; };
    const auto place = test::small_place("by_modality");
    // It has the Dice of each epoch because its best one follows it.
    const auto checkpoint =
        train_ended(place, by_metric, {end_of(4, with(2, {{"restore_best", true}}))});
    const std::vector<record::TrainingEnd> ends{
        end_of(7, with(3)), end_of(8, with(4, {{"early_stopping", std::int64_t{2}}}))};
    for (const Change& change : {Change(by_metric), Change(every_epoch)}) {
        const auto went = go_on(place, change, ends, checkpoint.file);
        test::expect_equal(went.outcomes, from_first(change, ends));
        EXPECT_EQ(went.epochs + 2, longest(went.outcomes));
    }
}

TEST(GoingOn, ATrialThatEarlyStoppingEndedEndsThereAgain) {
    const auto place = test::small_place("stopped");
    const auto patience = [](std::int64_t epochs) {
        return with(epochs, {{"early_stopping", std::int64_t{1}}, {"lr", 1e-2}});
    };
    const auto checkpoint = train_ended(place, as_it_is, {end_of(4, patience(20))});
    ASSERT_LT(checkpoint.epoch, 20) << "a weak test";
    const std::vector<record::TrainingEnd> ends{end_of(7, patience(30))};
    const auto went = go_on(place, as_it_is, ends, checkpoint.file);
    test::expect_equal(went.outcomes, from_first(as_it_is, ends));
    EXPECT_EQ(went.epochs, 0U);
    // Others go on from there.
    const std::vector<record::TrainingEnd> further{
        end_of(8, with(checkpoint.epoch + 1, {{"lr", 1e-2}}))};
    const auto later = go_on(place, as_it_is, further, checkpoint.file);
    test::expect_equal(later.outcomes, from_first(as_it_is, further));
    EXPECT_EQ(later.epochs, 1U);
}

TEST(GoingOn, TrainsFromTheFirstEpochWhereTheCheckpointCannotBeUsed) {
    const auto place = test::small_place("unusable");
    const auto checkpoint = train_ended(
        place, as_it_is, {end_of(4, with(2, {{"restore_best", true}})), end_of(5, with(4))});
    const auto expect_all_trained = [&](const core::Permutation& changes, const std::string& file) {
        const std::vector<record::TrainingEnd> ends{end_of(7, changes)};
        const auto went = go_on(place, as_it_is, ends, file);
        const auto expected = from_first(as_it_is, ends);
        test::expect_equal(went.outcomes, expected);
        EXPECT_EQ(went.epochs, expected.at(7).history.size());
        EXPECT_LT(went.seconds, seconds_before);
    };
    expect_all_trained(with(3), checkpoint.file);
    expect_all_trained(with(5, {{"dropout", 0.25}}), checkpoint.file);
    expect_all_trained(with(5), "trials/4/missing.h5");
    const auto file = place.folder() / checkpoint.file;
    std::filesystem::resize_file(file, std::filesystem::file_size(file) / 2);
    expect_all_trained(with(5), checkpoint.file);
}

TEST(GoingOn, NothingIsKeptOfAScheduleThatHasEndedAndWhereNothingIsAskedFor) {
    const auto place = test::small_place("not_kept");
    test::Control cosine, plain;
    test::run_trial(context_of(place, as_it_is),
                    test::assignment({{"lr_schedule", std::string("cosine")}}), cosine);
    EXPECT_TRUE(cosine.checkpoints.empty());
    test::run_trial(place.context(), test::assignment(), plain);
    EXPECT_TRUE(plain.checkpoints.empty());
}

// The decision

record::History history_of(const std::vector<double>& dice) {
    record::History history;
    for (const double value : dice) {
        auto& report = history.emplace_back();
        report.epoch = std::ssize(history) - 1;
        report.metrics.val_dice_coef = value;
    }
    return history;
}

std::string obstacle(const record::History& history, std::int64_t best_kept_until,
                     const unet::Hyperparameters& values,
                     const std::string& metric = "val_dice_coef",
                     ModalityMetrics when = ModalityMetrics::last) {
    return train::going_on_obstacle({history, best_kept_until}, values, when, metric);
}

unet::Hyperparameters values_of(std::int64_t epochs) {
    unet::Hyperparameters values;
    values.epochs = epochs;
    return values;
}

TEST(GoingOnObstacle, IsAnEndThatIsPassed) {
    const auto history = history_of({0.1, 0.2, 0.3});
    EXPECT_EQ(obstacle(history, 0, values_of(4)), "");
    EXPECT_EQ(obstacle(history, 0, values_of(3)), "");
    EXPECT_EQ(obstacle(history, 0, values_of(2)), "it has 3 epochs, more than 2");
}

TEST(GoingOnObstacle, IsEarlyStoppingBefore) {
    const auto history = history_of({0.5, 0.4, 0.6, 0.5, 0.5});
    auto values = values_of(9);
    values.early_stopping = 3;
    EXPECT_EQ(obstacle(history, 0, values), "");
    values.early_stopping = 2;
    EXPECT_EQ(obstacle(history, 0, values), "") << "it ends there";
    values.early_stopping = 1;
    EXPECT_EQ(obstacle(history, 0, values),
              "early stopping would have ended it after 2 of 5 epochs");
    const auto epochs = [&](ModalityMetrics when) {
        return train::epochs_beside({history, 0}, values, when, "val_dice_coef");
    };
    EXPECT_EQ(epochs(ModalityMetrics::last), 2);
    EXPECT_EQ(epochs(ModalityMetrics::every_epoch), 9) << "it is unknown";
    values.early_stopping = 3;
    EXPECT_EQ(epochs(ModalityMetrics::last), 9);
}

TEST(GoingOnObstacle, IsABestEpochWhoseWeightsWereNotKept) {
    const auto history = history_of({0.5, 0.7, 0.6});
    EXPECT_EQ(train::best_epoch_of(history, "val_dice_coef"), 1);
    auto values = values_of(9);
    values.restore_best = true;
    EXPECT_EQ(obstacle(history, 3, values), "");
    EXPECT_EQ(obstacle(history, 2, values), "");
    EXPECT_EQ(obstacle(history, 1, values), "it lacks the weights of its best epoch, 2");
    EXPECT_EQ(obstacle(history, 0, values), "it lacks the weights of its best epoch, 2");
    EXPECT_EQ(obstacle(history_of({std::nan("")}), 0, values), "") << "there is none";
}

TEST(GoingOnObstacle, IsDiceByModalityThatWasNotComputed) {
    auto history = history_of({0.5, 0.7});
    EXPECT_EQ(obstacle(history, 0, values_of(4), "fmri_val_dice"), "");
    auto values = values_of(4);
    values.early_stopping = 5;
    EXPECT_THAT(obstacle(history, 0, values, "fmri_val_dice"), HasSubstr("Dice by modality"));
    EXPECT_THAT(obstacle(history, 0, values_of(4), "val_dice_coef", ModalityMetrics::every_epoch),
                HasSubstr("Dice by modality"));
    for (auto& report : history) report.modality.emplace();
    EXPECT_EQ(obstacle(history, 0, values, "fmri_val_dice"), "");
}

}  // namespace
}  // namespace msunet

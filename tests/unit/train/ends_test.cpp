// SPDX-License-Identifier: Apache-2.0
// A training with several ends gives each of its permutations, bit for bit, what it gives alone.

#include <gtest/gtest.h>

#include "msunet/train/trial_failure.hpp"
#include "outcomes.hpp"

namespace msunet {
namespace {

using record::Answer;
using record::TrialState;
using test::add_outcomes;
using test::expect_equal;
using test::Outcomes;
using test::work_of;

/// Permutations that differ in where they end, with `common` values.
std::vector<record::TrainingEnd> ends_of(const core::Permutation& common) {
    const std::vector<core::Permutation> differences{
        {{"epochs", std::int64_t{2}}, {"restore_best", true}},
        {{"epochs", std::int64_t{2}}},
        {{"epochs", std::int64_t{4}}},
        {{"epochs", std::int64_t{4}}, {"restore_best", true}},
        {{"epochs", std::int64_t{4}}, {"early_stopping", std::int64_t{1}}},
        {{"epochs", std::int64_t{3}}, {"early_stopping", std::int64_t{2}}, {"restore_best", true}},
        {{"epochs", std::int64_t{4}}, {"weight_factor", 3.0}}};
    std::vector<record::TrainingEnd> ends;
    for (const auto& difference : differences) {
        auto permutation = test::assignment(common).ends.front().permutation;
        for (const auto& [name, value] : difference) permutation[name] = value;
        ends.push_back({4 + 3 * ends.size(), std::move(permutation)});
    }
    return ends;
}

/// Each permutation in a training of its own, in a folder of its own.
Outcomes alone(const std::vector<record::TrainingEnd>& ends,
               const std::function<void(train::TrialContext&)>& change) {
    const auto place = test::small_place("alone");
    auto context = place.context();
    change(context);
    Outcomes all;
    for (const auto& end : ends) {
        test::Control control;
        EXPECT_FALSE(train::run_trial(context, work_of({end}), control).paused);
        add_outcomes(place, control, all);
    }
    return all;
}

/// All in one training, which is paused at the `nth` call of the control (0: never) and resumed.
Outcomes together(const std::vector<record::TrainingEnd>& ends,
                  const std::function<void(train::TrialContext&)>& change, std::int64_t nth = 0) {
    const auto place = test::small_place("together");
    auto context = place.context();
    change(context);
    auto work = work_of(ends);
    test::Control control;
    control.step_answer = [&](const record::StepReport&) {
        return control.steps == nth ? Answer::pause : Answer::go_on;
    };
    Outcomes all;
    const auto trained = train::run_trial(context, work, control);
    add_outcomes(place, control, all);
    EXPECT_EQ(trained.paused.has_value(), nth > 0) << "a weak test";
    if (!trained.paused) return all;
    std::erase_if(work.ends, [&](const auto& end) { return all.contains(end.trial); });
    work.checkpoint = control.checkpoints.back().file;
    test::Control rest;
    EXPECT_FALSE(train::run_trial(context, work, rest).paused);
    add_outcomes(place, rest, all);
    return all;
}

constexpr auto unchanged = [](train::TrialContext&) {};

TEST(Ends, EqualTheirPermutationsTrainedAlone) {
    // With this rate the best epoch is not the last one.
    const auto ends = ends_of({{"lr", 3e-2}});
    const auto expected = alone(ends, unchanged);
    EXPECT_NE(expected.at(13).best_epoch, std::optional<std::int64_t>(3)) << "a weak test";
    expect_equal(together(ends, unchanged), expected);
    // In an epoch, in the evaluation of an end, after that.
    for (const std::int64_t nth : {9, 12, 22}) {
        SCOPED_TRACE("paused at " + std::to_string(nth));
        expect_equal(together(ends, unchanged, nth), expected);
    }
}

TEST(Ends, EqualThemWithAMetricOfAModality) {
    for (const auto metrics : {train::ModalityMetrics::last, train::ModalityMetrics::every_epoch}) {
        const auto change = [metrics](train::TrialContext& context) {
            context.metric = "fmri_val_dice";
            context.options.modality_metrics = metrics;
        };
        auto ends = ends_of({{"lr", 3e-2}});
        ends.resize(3);
        expect_equal(together(ends, change, 21), alone(ends, change));
    }
}

TEST(Ends, EqualThemWithALearningRateThatFalls) {
    std::vector<record::TrainingEnd> ends;
    for (const std::int64_t epochs : {12, 14}) {
        auto values = test::falling_rate;
        values["epochs"] = epochs;
        values["restore_best"] = epochs == 12;
        ends.push_back({static_cast<record::TrialId>(epochs),
                        test::assignment(values).ends.front().permutation});
    }
    const auto expected = alone(ends, unchanged);
    EXPECT_EQ(expected.at(14).state, TrialState::done);
    const auto& history = expected.at(14).history;
    EXPECT_LT(history.back().learning_rate, history.front().learning_rate) << "a weak test";
    expect_equal(together(ends, unchanged, 71), expected);
}

TEST(Ends, FailAsTheirPermutationsDoAlone) {
    std::vector<record::TrainingEnd> ends;
    for (const std::int64_t epochs : {1, 3}) {
        ends.push_back(
            {static_cast<record::TrialId>(epochs),
             test::assignment({{"lr", 1e12}, {"epochs", epochs}}).ends.front().permutation});
    }
    const auto expected = alone(ends, unchanged);
    EXPECT_EQ(expected.at(1).state, TrialState::failed);
    EXPECT_NE(expected.at(1).reason, expected.at(3).reason);
    expect_equal(together(ends, unchanged), expected);
}

TEST(Ends, ThatAreReachedStayDoneWhenTheTrainingFailsLater) {
    const auto place = test::small_place("fails_later");
    const auto ends = ends_of({});
    test::Control control;
    control.epoch_answer = [](const record::EpochReport& report) {
        if (report.epoch == 2) throw train::TrialFailure("for the test");
        return Answer::go_on;
    };
    EXPECT_FALSE(train::run_trial(place.context(), work_of(ends), control).paused);
    ASSERT_EQ(control.results.size(), ends.size());
    for (const auto& result : control.results) {
        const bool early = result.history.size() < 3;
        EXPECT_EQ(result.state, early ? TrialState::done : TrialState::failed) << result.trial;
        EXPECT_EQ(result.reason, early ? "" : "for the test");
        EXPECT_EQ(result.permutation,
                  ends[static_cast<std::size_t>((result.trial - 4) / 3)].permutation);
    }
}

TEST(Ends, ThatACheckpointLacksStartTheTrainingAgain) {
    const auto place = test::small_place("lacks");
    const auto ends = ends_of({});
    auto work = work_of(ends);
    work.until_epoch = 3;
    test::Control first;
    EXPECT_TRUE(train::run_trial(place.context(), work, first).paused);
    EXPECT_GE(first.results.size(), 2U);
    work.checkpoint = first.checkpoints.back().file;
    work.until_epoch.reset();
    test::Control again;
    EXPECT_FALSE(train::run_trial(place.context(), work, again).paused);
    EXPECT_EQ(again.results.size(), ends.size());
    EXPECT_EQ(again.epochs.front().epoch, 0);
}

}  // namespace
}  // namespace msunet

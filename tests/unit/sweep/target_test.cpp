// SPDX-License-Identifier: Apache-2.0
#include "msunet/sweep/target.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "msunet/core/error.hpp"
#include "msunet/sweep/data_parts.hpp"
#include "msunet/sweep/options.hpp"

namespace msunet::sweep {
namespace {

using testing::HasSubstr;

record::TrialResult result(double val_dice_coef, double val_loss) {
    record::TrialResult result;
    record::EpochReport epoch;
    epoch.metrics.val_dice_coef = val_dice_coef;
    epoch.metrics.val_loss = val_loss;
    result.history = {epoch};
    return result;
}

DataParts parts(bool validation) {
    DataParts parts;
    parts.training[static_cast<std::size_t>(core::Modality::fmri)] = true;
    parts.training[static_cast<std::size_t>(core::Modality::dti)] = true;
    parts.validation[static_cast<std::size_t>(core::Modality::fmri)] = validation;
    return parts;
}
const DataParts with_validation = parts(true);
const DataParts training_only = parts(false);

template <class Call>
std::string problem(const Call& call) {
    try {
        call();
    } catch (const core::UsageError& error) {
        return error.what();
    }
    return "";
}

TEST(Metric, DefaultsByValidationData) {
    EXPECT_EQ(resolve_metric(std::nullopt, with_validation), "val_dice_coef");
    EXPECT_EQ(resolve_metric(std::nullopt, training_only), "dice_coef");
    EXPECT_EQ(resolve_metric("fmri_val_dice", with_validation), "fmri_val_dice");
    EXPECT_EQ(resolve_metric("loss", training_only), "loss");
}

TEST(Metric, RefusesUnknownAndAbsentOnes) {
    EXPECT_THAT(problem([] { (void)resolve_metric("val_dice_coeff", with_validation); }),
                HasSubstr("did you mean 'val_dice_coef'?"));
    EXPECT_THAT(problem([] { (void)resolve_metric("val_loss", training_only); }),
                HasSubstr("validation data"));
    EXPECT_THAT(problem([] { (void)resolve_metric("fmri_val_dice", training_only); }),
                HasSubstr("validation data"));
}

PerformanceTarget target(std::string_view text) {
    PerformanceTarget target;
    EXPECT_TRUE(from_text(text, target)) << text;
    return target;
}

TEST(Metric, OfAModalityNeedsItsScans) {
    EXPECT_EQ(resolve_metric("dti_train_dice", with_validation), "dti_train_dice");
    EXPECT_THAT(problem([] { (void)resolve_metric("dti_val_dice", with_validation); }),
                HasSubstr("'dti_val_dice' needs dti scans in the validation data"));
    EXPECT_THAT(problem([] { (void)resolve_metric("noddi_train_dice", with_validation); }),
                HasSubstr("needs noddi scans in the training data"));
    EXPECT_THAT(problem([] { check_target(target("noddi_val_dice,0.9"), with_validation); }),
                HasSubstr("--performance_target 'noddi_val_dice' needs"));
}

TEST(Metric, ThatIsUnknownIsNamedByTheError) {
    try {
        check_known("metric", "dice");
        FAIL() << "nothing was thrown";
    } catch (const core::UsageError& error) {
        EXPECT_EQ(error.data().front().option, "--metric");
        EXPECT_EQ(error.data().front().got, "dice");
    }
}

TEST(PerformanceTarget, AtLeastAndAtMost) {
    const PerformanceTarget dice = target("val_dice_coef,0.9");
    EXPECT_FALSE(dice.less);
    EXPECT_TRUE(dice.reached(result(0.9, 0)));
    EXPECT_FALSE(dice.reached(result(0.89, 0)));
    const PerformanceTarget loss = target("val_loss, 0.1, less");
    EXPECT_TRUE(loss.less);
    EXPECT_TRUE(loss.reached(result(0, 0.1)));
    EXPECT_FALSE(loss.reached(result(0, 0.11)));
    EXPECT_TRUE(target("val_dice_coef,0.9,less").less);
    EXPECT_TRUE(target("val_loss,0.1").less);
}

TEST(PerformanceTarget, IsNotReachedByFailures) {
    record::TrialResult failed = result(1, 0);
    failed.state = record::TrialState::failed;
    EXPECT_FALSE(target("val_dice_coef,0.9").reached(failed));
}

TEST(PerformanceTarget, RefusesBadTexts) {
    for (const char* text : {"", "0.9", "val_loss", "val_loss,x", "val_loss,1,more",
                             "val_loss,1,less,2", "val_loss,nan"}) {
        PerformanceTarget unchanged;
        EXPECT_FALSE(from_text(text, unchanged)) << text;
        EXPECT_EQ(unchanged, PerformanceTarget{}) << text;
    }
}

TEST(PerformanceTarget, TextReadsBack) {
    EXPECT_EQ(to_text(target(" val_loss , 0.10, less")), "val_loss,0.1");
    EXPECT_EQ(to_text(target("dice_coef,0.5,less")), "dice_coef,0.5,less");
    EXPECT_EQ(target(to_text(target("dice_coef,0.5,less"))), target("dice_coef,0.5,less"));
}

TEST(PerformanceTarget, NeedsAKnownMetric) {
    EXPECT_THAT(problem([] { check_target(target("accuracy,1"), with_validation); }),
                HasSubstr("not a metric"));
    EXPECT_THAT(problem([] { check_target(target("val_loss,1"), training_only); }),
                HasSubstr("validation data"));
    EXPECT_EQ(problem([] { check_target(target("loss,1"), training_only); }), "");
}

TEST(DataParts, WithFoldsAPairIsTrainedOnAndValidates) {
    constexpr auto dti = static_cast<std::size_t>(core::Modality::dti);
    constexpr auto fmri = static_cast<std::size_t>(core::Modality::fmri);
    record::DataSummary data;
    data.validation_samples = 9;
    EXPECT_TRUE(parts_of(data).training[dti] && parts_of(data).validation[dti])
        << "no pairs are listed";
    data.pairs.resize(2);
    data.pairs[0].modality = core::Modality::dti;
    data.pairs[1].modality = core::Modality::fmri;
    data.pairs[1].validation = true;
    const auto split = parts_of(data);
    EXPECT_TRUE(split.training[dti] && split.validation[fmri]);
    EXPECT_FALSE(split.validation[dti] || split.training[fmri]);
    data.pairs[0].folds = {1, 0};
    data.pairs[1].validation = false;
    const auto folds = parts_of(data);
    EXPECT_TRUE(folds.training[dti] && folds.validation[dti] && folds.training[fmri]);
    EXPECT_FALSE(folds.validation[fmri]) << "a copy, which validates nowhere";
}

TEST(SweepOptions, DescribeEveryMember) {
    SweepOptions options;
    core::TextCollector collector;
    describe(collector, options);
    std::vector<std::string> names;
    for (const core::OptionText& text : collector.texts()) names.push_back(text.name);
    EXPECT_THAT(names, testing::ElementsAre("metric", "fraction_limit", "round_limit",
                                            "boolean_limit", "sampler", "random_method", "strategy",
                                            "reduction_factor", "min_epochs", "strategy_budget",
                                            "time_limit", "performance_target", "ranks_per_trial",
                                            "trials_per_gpu", "shard", "share_prefixes",
                                            "dedicated_dispatcher", "retry_failed", "refit"));
}

}  // namespace
}  // namespace msunet::sweep

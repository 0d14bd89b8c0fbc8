// SPDX-License-Identifier: Apache-2.0
#include "msunet/plan/fold_setup.hpp"

#include <gmock/gmock.h>

#include "msunet/core/error.hpp"
#include "msunet/core/text.hpp"

namespace msunet::plan {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// Four subjects with one dti scan each, the first also with an fmri scan.
prepare::Survey four_subjects() {
    prepare::Survey survey;
    const auto add = [&survey](const char* subject, core::Modality modality) {
        auto& pair = survey.pairs.emplace_back().pair;
        pair.data = core::concat(subject, "_", core::name_of(modality), ".nii");
        pair.subject = subject;
        pair.modality = modality;
    };
    for (const char* subject : {"a", "b", "c", "d"}) add(subject, core::Modality::dti);
    add("a", core::Modality::fmri);
    return survey;
}

TEST(FoldWarnings, NameTheFoldsWithoutTheMetricsModality) {
    const auto survey = four_subjects();
    settings::TrainSettings settings;
    settings.split.folds = 2;
    const auto folding = folding_of(settings);
    const auto plan = fold_plan_of(settings, survey);
    const auto with = plan.fold_of[0][0];
    const auto lacking = record::fold_text(folding, static_cast<record::TrialId>(1 - with));
    const auto warnings = [&](const char* metric) {
        return fold_warnings(settings, metric, survey, plan, folding);
    };
    EXPECT_THAT(warnings("val_dice_coef"), IsEmpty());
    EXPECT_THAT(warnings("dti_val_dice"), IsEmpty());
    EXPECT_THAT(
        warnings("fmri_val_dice"),
        ElementsAre(
            AllOf(HasSubstr("--metric fmri_val_dice: " + lacking +
                            " has no fmri scans to validate on, so the mean leaves it out; give "),
                  HasSubstr("fewer --folds or another metric"))));
    const auto validating = record::fold_text(folding, static_cast<record::TrialId>(with));
    EXPECT_THAT(warnings("fmri_train_dice"),
                ElementsAre(HasSubstr(validating + " has no fmri scans to train on")))
        << "the scan validates there";
    settings.sweep.performance_target = sweep::PerformanceTarget{"fmri_val_dice", 0.9, false};
    EXPECT_THAT(warnings("val_dice_coef"),
                ElementsAre(HasSubstr("--performance_target fmri_val_dice: " + lacking)));
}

TEST(FoldsText, CountsAllPermutations) {
    GridPlan plan;
    plan.selection.trials = {0, 1, 2, 3, 4, 5};
    EXPECT_EQ(folds_text(plan), "");
    plan.folding = {2, 1};
    EXPECT_EQ(folds_text(plan), "2 folds, 12 trials");
    plan.folding = {2, 3, true};
    EXPECT_EQ(folds_text(plan), "2 folds in 3 repeats, at most 36 trials");
    plan.selection.rounds = 8;
    EXPECT_EQ(folds_text(plan), "2 folds in 3 repeats, at most 48 trials") << "with suggestions";
}

TEST(FirstFold, OfASearchMustHaveTheMetric) {
    const auto survey = four_subjects();
    settings::TrainSettings settings;
    settings.split.folds = 2;
    EXPECT_FALSE(folding_of(settings).first_decides);
    settings.sweep.strategy = sweep::StrategyKind::halving;
    const auto folding = folding_of(settings);
    EXPECT_TRUE(folding.first_decides);
    const auto plan = fold_plan_of(settings, survey);
    const auto with = plan.fold_of[0][0];
    const auto lacking = with == 0 ? "fmri_train_dice" : "fmri_val_dice";
    const auto has = with == 0 ? "fmri_val_dice" : "fmri_train_dice";
    EXPECT_THROW(check_first_fold(lacking, survey, plan, folding), core::UsageError);
    EXPECT_NO_THROW(check_first_fold(has, survey, plan, folding));
    EXPECT_NO_THROW(check_first_fold("val_dice_coef", survey, plan, folding));
    EXPECT_NO_THROW(check_first_fold(lacking, survey, plan, {2, 1})) << "a grid";
}

}  // namespace
}  // namespace msunet::plan

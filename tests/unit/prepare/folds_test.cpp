// SPDX-License-Identifier: Apache-2.0
#include "msunet/prepare/folds.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "msunet/core/error.hpp"
#include "msunet/core/random.hpp"
#include "msunet/core/text.hpp"
#include "prepare/subject.hpp"

namespace msunet::prepare {
namespace {

using testing::AllOf;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;

std::vector<Pair> pairs_named(const std::vector<std::string>& names) {
    std::vector<Pair> pairs;
    for (const auto& name : names) {
        pairs.push_back({.data = name, .mask = name, .modality = *core::modality_of(name)});
    }
    (void)set_subjects(pairs, std::nullopt);
    return pairs;
}

/// How many pairs of a modality validate in each fold.
std::vector<std::size_t> spread_of(const std::vector<Pair>& pairs, const FoldPlan& plan,
                                   std::int64_t folds, core::Modality modality) {
    std::vector<std::size_t> counts(static_cast<std::size_t>(folds));
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        if (pairs[i].modality == modality) ++counts[static_cast<std::size_t>(plan.fold_of[0][i])];
    }
    return counts;
}

/// A scan's name without "_augmented…" and extension.
std::string scan_of(const std::string& name) { return name.substr(0, name.find("_augmented")); }

/// Scans of several animals, sessions and modalities, and copies of some of them.
std::vector<std::string> random_scans(core::RandomStream& random) {
    const std::vector<std::string> forms{"rs0", "mouse_", "sub-0", "KO-rat"};
    const std::string form = forms[random.below(forms.size())];
    std::set<std::string> names;
    const auto animals = 2 + random.below(11);
    for (std::uint64_t i = 0; i < animals + random.below(40); ++i) {
        const auto scan = core::concat(form, random.below(animals), "_", 1 + random.below(3), "_",
                                       core::modality_names[random.below(core::modality_count)]);
        if (!random.chance(0.2)) names.insert(scan + ".nii.gz");
        for (std::uint64_t copy = 1; copy <= random.below(3); ++copy) {
            names.insert(core::concat(scan, "_augmented", copy, ".nii"));
        }
    }
    names.insert({form + "77_dti.nii", form + "78_dti.nii"});
    return {names.begin(), names.end()};
}

/// What must hold in each training.
void check_training(const std::vector<Pair>& pairs, const FoldPlan& plan, std::int64_t fold,
                    std::int64_t repeat, std::vector<int>& validated) {
    std::set<std::string> validating_subjects;
    std::set<std::string> validating_scans;
    std::set<std::string> training_subjects;
    std::set<std::string> training_scans;
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        const PairUse use = plan.use_of(i, fold, repeat);
        if (use == PairUse::validation) {
            ++validated[i];
            validating_subjects.insert(pairs[i].subject);
            validating_scans.insert(scan_of(pairs[i].data));
        } else if (use == PairUse::training) {
            training_subjects.insert(pairs[i].subject);
            training_scans.insert(scan_of(pairs[i].data));
        }
    }
    ASSERT_FALSE(validating_subjects.empty());
    ASSERT_FALSE(training_subjects.empty());
    for (const auto& subject : validating_subjects) {
        ASSERT_FALSE(training_subjects.contains(subject)) << subject;
    }
    for (const auto& scan : validating_scans) ASSERT_FALSE(training_scans.contains(scan)) << scan;
}

TEST(Folds, NeverDivideASubjectAndValidateEachScanOnce) {
    core::RandomStream random(2018);
    std::size_t copies = 0;
    for (int run = 0; run < 300; ++run) {
        const auto pairs = pairs_named(random_scans(random));
        std::set<std::string> subjects;
        std::set<std::string> scans;
        for (const Pair& pair : pairs) {
            subjects.insert(pair.subject);
            scans.insert(pair.data.substr(0, pair.data.find(".nii")));
        }
        const auto folds = static_cast<std::int64_t>(2 + random.below(subjects.size() - 1));
        const auto plan = plan_folds(pairs, folds, 3, random.next_u64());
        for (std::int64_t repeat = 0; repeat < 3; ++repeat) {
            std::vector<int> validated(pairs.size());
            for (std::int64_t fold = 0; fold < folds; ++fold) {
                check_training(pairs, plan, fold, repeat, validated);
                if (HasFatalFailure()) return;
            }
            for (std::size_t i = 0; i < pairs.size(); ++i) {
                const auto scan = scan_of(pairs[i].data);
                const bool is_copy =
                    pairs[i].data.find("_augmented") != std::string::npos && scans.contains(scan);
                ASSERT_EQ(validated[i], is_copy ? 0 : 1) << pairs[i].data;
                copies += is_copy ? 1 : 0;
            }
        }
    }
    EXPECT_GT(copies, 1000U);
}

TEST(Folds, SpreadModalitiesEvenly) {
    std::vector<std::string> names;
    for (int i = 0; i < 25; ++i) names.push_back(core::concat("rs", i, "_fmri.nii"));
    for (int i = 0; i < 5; ++i) names.push_back(core::concat("an", i, "_anatomical.nii"));
    for (int i = 0; i < 10; ++i) names.push_back(core::concat("dw", i, "_dti.nii"));
    const auto pairs = pairs_named(names);
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const auto plan = plan_folds(pairs, 5, 1, seed);
        EXPECT_THAT(spread_of(pairs, plan, 5, core::Modality::fmri), Each(5U));
        EXPECT_THAT(spread_of(pairs, plan, 5, core::Modality::anatomical), Each(1U));
        EXPECT_THAT(spread_of(pairs, plan, 5, core::Modality::dti), Each(2U));
    }
}

TEST(Folds, DependOnSeedAndRepeatAlone) {
    std::vector<std::string> names;
    for (int i = 0; i < 12; ++i) names.push_back(core::concat("rs", i, "_fmri.nii"));
    const auto pairs = pairs_named(names);
    const auto plan = plan_folds(pairs, 3, 2, 1);
    EXPECT_EQ(plan.fold_of, plan_folds(pairs, 3, 2, 1).fold_of);
    EXPECT_EQ(plan.fold_of[0], plan_folds(pairs, 3, 1, 1).fold_of[0]) << "more repeats only add";
    EXPECT_NE(plan.fold_of[0], plan.fold_of[1]);
    EXPECT_NE(plan.fold_of[0], plan_folds(pairs, 3, 1, 2).fold_of[0]);
}

TEST(Folds, CopiesFollowTheirOriginWhateverThePatternSays) {
    auto pairs = pairs_named({"m1_dti.nii", "m1_dti_augmented1.nii", "m1_dti_augmented2.nii",
                              "m2_dti.nii", "m3_dti_augmented1.nii", "m3_dti_augmented2.nii"});
    ASSERT_TRUE(set_subjects(pairs, "^.*$").empty()) << "each file is a subject of its own";
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const auto plan = plan_folds(pairs, 3, 1, seed);
        const auto& fold_of = plan.fold_of[0];
        EXPECT_EQ(fold_of[1], fold_of[0]);
        EXPECT_EQ(fold_of[2], fold_of[0]);
        EXPECT_EQ(fold_of[4], fold_of[5]) << "copies of one scan that is not there";
        EXPECT_EQ(plan.use_of(1, fold_of[0], 0), PairUse::none);
        EXPECT_EQ(plan.use_of(4, fold_of[4], 0), PairUse::validation);
    }
}

TEST(Folds, AreRefusedWhereThereAreFewerSubjects) {
    const auto pairs = pairs_named({"m1_1_dti.nii", "m1_2_dti.nii", "m2_1_dti.nii"});
    EXPECT_NO_THROW((void)plan_folds(pairs, 2, 1, 1));
    try {
        (void)plan_folds(pairs, 3, 1, 1);
        FAIL();
    } catch (const core::UsageError& error) {
        EXPECT_THAT(error.problems(),
                    ElementsAre(AllOf(HasSubstr("--folds 3"), HasSubstr("only 2"),
                                      HasSubstr("'m1', 'm2'"), HasSubstr("--subject_pattern"))));
    }
}

}  // namespace
}  // namespace msunet::prepare

// SPDX-License-Identifier: Apache-2.0
#include "prepare/subject.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>

#include "msunet/core/error.hpp"
#include "msunet/core/random.hpp"
#include "msunet/core/text.hpp"
#include "prepare/split_check.hpp"
#include "support/warnings.hpp"
#include "workspace.hpp"

namespace msunet::prepare {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

std::vector<Pair> pairs_of(const std::vector<std::string>& names) {
    std::vector<Pair> pairs;
    for (const auto& name : names) {
        pairs.push_back({.data = name, .mask = name, .modality = *core::modality_of(name)});
    }
    return pairs;
}

std::vector<std::string> validation_of(const std::vector<Pair>& pairs) {
    std::vector<std::string> names;
    for (const Pair& pair : pairs) {
        if (pair.validation) names.push_back(pair.data);
    }
    return names;
}

TEST(Subject, IsWhatRemainsOfTheName) {
    EXPECT_EQ(subject_of("train_rs01_1_fmri_data.nii"), "rs01");
    EXPECT_EQ(subject_of("valid_rs01_2_fmri_data.nii.gz"), "rs01");
    EXPECT_EQ(subject_of("mouse_1_dti.nii"), "mouse_1");
    EXPECT_EQ(subject_of("mouse_2_dti.nii"), "mouse_2");
    EXPECT_EQ(subject_of("mouse_2_03_dti.nii"), "mouse_2");
    EXPECT_EQ(subject_of("train_t1m1_anatomical_data.nii"), "t1m1");
    EXPECT_EQ(subject_of("Rat1FMRI.nii"), "rat1");
    EXPECT_EQ(subject_of("strain_a_m7_noddi.nii"), "strain_a_m7") << "train is no whole word";
    EXPECT_EQ(subject_of("m7_left_noddi.nii"), "m7_left");
}

TEST(Subject, HasNoSession) {
    EXPECT_EQ(subject_of("m1_ses-02_T2w.nii"), "m1");
    EXPECT_EQ(subject_of("wt_ses2_run-1_bold.nii"), "wt");
    EXPECT_EQ(subject_of("m1_scan3_dti.nii"), "m1");
    EXPECT_EQ(subject_of("scan_3_dti.nii"), "scan_3_dti") << "nothing else remains";
    EXPECT_EQ(subject_of("dti_data.nii"), "dti_data");
}

TEST(Subject, OfBidsIsItsEntity) {
    EXPECT_EQ(subject_of("sub-01_ses-1_T2w.nii.gz"), "sub-01");
    EXPECT_EQ(subject_of("sub-01_ses-2_bold.nii.gz"), "sub-01");
    EXPECT_EQ(subject_of("sub-wt1_1_dwi.nii"), "sub-wt1");
    EXPECT_NE(subject_of("sub-1_T2w.nii"), subject_of("sub-10_T2w.nii"));
}

TEST(Subject, OfACopyIsThatOfItsScan) {
    for (const auto* name : {"train_rs01_1_fmri_data", "mouse_2_dti", "sub-01_T2w", "x_dti"}) {
        for (const auto* copy : {"_augmented1", "_augmented23"}) {
            EXPECT_EQ(subject_of(core::concat(name, copy, ".nii")),
                      subject_of(core::concat(name, ".nii")));
        }
    }
}

TEST(Subject, IsWhatThePatternFinds) {
    auto pairs = pairs_of({"lab_x12_dti.nii", "lab_y7_dti.nii"});
    EXPECT_THAT(set_subjects(pairs, "[xy][0-9]+"), IsEmpty());
    EXPECT_EQ(pairs[0].subject, "x12");
    EXPECT_EQ(pairs[1].subject, "y7");
    EXPECT_THAT(set_subjects(pairs, "_(?:x([0-9])|(y))"), IsEmpty());
    EXPECT_EQ(pairs[0].subject, "1");
    EXPECT_EQ(pairs[1].subject, "y");
    EXPECT_THAT(set_subjects(pairs, "x"), ElementsAre("lab_y7_dti.nii"));
    EXPECT_THAT(set_subjects(pairs, "q*"), SizeIs(2)) << "matches no character";
    EXPECT_THROW((void)set_subjects(pairs, "("), core::UsageError);
}

TEST(SplitBySubjects, TakesTheLastByNameWhereAllAreAlike) {
    auto pairs = pairs_of({"m1_dti.nii", "m2_dti.nii", "m3_dti.nii", "m4_dti.nii", "m5_dti.nii"});
    (void)set_subjects(pairs, std::nullopt);
    split_by_subjects(pairs, 0.4);
    EXPECT_THAT(validation_of(pairs), ElementsAre("m4_dti.nii", "m5_dti.nii"));
    split_by_subjects(pairs, 0.1);
    EXPECT_THAT(validation_of(pairs), IsEmpty()) << "less than one pair, as in the guide";
}

TEST(SplitBySubjects, SpreadsModalities) {
    std::vector<std::string> names;
    for (int i = 0; i < 8; ++i) names.push_back(core::concat("a", i, "_dti.nii"));
    for (int i = 0; i < 4; ++i) names.push_back(core::concat("b", i, "_fmri.nii"));
    auto pairs = pairs_of(names);
    (void)set_subjects(pairs, std::nullopt);
    split_by_subjects(pairs, 0.25);
    EXPECT_THAT(validation_of(pairs), ElementsAre("a6_dti.nii", "a7_dti.nii", "b3_fmri.nii"));
}

TEST(SplitBySubjects, DoesNotForgetAModalityOfFewScans) {
    std::vector<std::string> names;
    for (int i = 0; i < 4; ++i) names.push_back(core::concat("a", i, "_anatomical.nii"));
    for (int i = 10; i < 27; ++i) {
        names.push_back(core::concat("rs", i, "_1_fmri.nii"));
        names.push_back(core::concat("rs", i, "_2_fmri.nii"));
    }
    names.insert(names.end(), {"rs27_1_fmri.nii", "rs28_1_fmri.nii"});
    auto pairs = pairs_of(names);
    (void)set_subjects(pairs, std::nullopt);
    split_by_subjects(pairs, 0.2);
    EXPECT_THAT(
        validation_of(pairs),
        ElementsAre("a3_anatomical.nii", "rs24_1_fmri.nii", "rs24_2_fmri.nii", "rs25_1_fmri.nii",
                    "rs25_2_fmri.nii", "rs26_1_fmri.nii", "rs26_2_fmri.nii", "rs28_1_fmri.nii"));
}

TEST(SplitBySubjects, LeavesASubjectOnEachSide) {
    auto two = pairs_of({"m1_1_dti.nii", "m1_2_dti.nii", "m1_3_dti.nii", "m1_4_dti.nii",
                         "m2_1_dti.nii", "m2_2_dti.nii", "m2_3_dti.nii", "m2_4_dti.nii"});
    (void)set_subjects(two, std::nullopt);
    for (const double split : {0.13, 0.5, 0.95}) {
        split_by_subjects(two, split);
        EXPECT_THAT(validation_of(two), SizeIs(4)) << split;
    }
    auto one = pairs_of({"m1_1_dti.nii", "m1_2_dti.nii"});
    (void)set_subjects(one, std::nullopt);
    split_by_subjects(one, 0.5);
    EXPECT_THAT(validation_of(one), IsEmpty());
}

/// Scans of up to 12 animals in several sessions and modalities, in the order of their names.
std::vector<std::string> random_names(core::RandomStream& random) {
    const std::vector<std::string> forms{"rs0", "mouse_", "sub-0", "KO-rat"};
    const std::vector<std::string> prefixes{"", "train_", "valid_", "test_"};
    const std::vector<std::string> suffixes{"", "_data", "_augmented1", "_augmented12"};
    const std::string form = forms[random.below(forms.size())];
    std::set<std::string> names;
    const auto animals = 2 + random.below(11);
    const auto scans = animals + random.below(40);
    for (std::uint64_t i = 0; i < scans; ++i) {
        const auto modality = core::modality_names[random.below(core::modality_count)];
        const auto prefix = form == "sub-0" ? std::string() : prefixes[random.below(4)];
        names.insert(core::concat(prefix, form, random.below(animals), "_", 1 + random.below(3),
                                  "_", modality, suffixes[random.below(4)], ".nii"));
    }
    return {names.begin(), names.end()};
}

TEST(SplitBySubjects, NeverDividesASubject) {
    core::RandomStream random(18);
    for (int run = 0; run < 300; ++run) {
        const auto names = random_names(random);
        auto pairs = pairs_of(names);
        ASSERT_THAT(set_subjects(pairs, std::nullopt), IsEmpty());
        const double split = random.uniform(0, 0.9);
        split_by_subjects(pairs, split);
        ASSERT_THAT(divided_subjects(pairs), IsEmpty());
        std::map<std::string, std::size_t> scans;
        for (const Pair& pair : pairs) ++scans[pair.subject];
        std::size_t most = 0;
        for (const auto& [subject, count] : scans) most = std::max(most, count);
        const auto validation = static_cast<double>(validation_of(pairs).size());
        if (scans.size() > 1 && validation_count(pairs.size(), split) > 0) {
            ASSERT_GT(validation, 0);
            ASSERT_LT(validation, static_cast<double>(pairs.size()));
        }
        ASSERT_LE(std::abs(validation - split * static_cast<double>(pairs.size())),
                  static_cast<double>(most));
        auto again = pairs_of(names);
        (void)set_subjects(again, std::nullopt);
        split_by_subjects(again, split);
        ASSERT_EQ(again, pairs);
    }
}

TEST(SplitCheck, SubjectsOnBothSidesAreNamed) {
    auto pairs = pairs_of({"m1_1_dti.nii", "m1_2_dti.nii", "m2_1_dti.nii", "m3_1_dti.nii"});
    (void)set_subjects(pairs, std::nullopt);
    pairs[1].validation = pairs[2].validation = true;
    EXPECT_THAT(divided_subjects(pairs),
                ElementsAre(AllOf(HasSubstr("1 subject has scans"), HasSubstr("'m1' (1 and 1)"),
                                  Not(HasSubstr("m2")), HasSubstr("--split subjects"))));
    pairs[0].validation = true;
    EXPECT_THAT(divided_subjects(pairs), IsEmpty());
}

TEST(Split, OfSubjectsIsThatOfTheDataSetAndItsCache) {
    const test::Workspace workspace;
    std::uint64_t seed = 0;
    for (const auto* name : {"m1_1_dti", "m2_1_dti", "m2_2_dti", "m3_1_dti"}) {
        workspace.add(name, ++seed);
    }
    Request request = workspace.request();
    request.cache_folder = workspace.cache();
    request.split.validation_split = 0.5;
    const auto validation = [&](bool cached) {
        const auto prepared = test::prepare_alone(request);
        EXPECT_EQ(prepared.from_cache, cached);
        std::set<std::string> names;
        for (const auto& source : prepared.dataset.sources()) {
            if (source.validation) names.insert(source.name);
        }
        return names;
    };
    const auto warnings = msunet::test::warnings_of([&] { (void)validation(false); });
    EXPECT_THAT(warnings, testing::Contains(HasSubstr("'m2' (1 and 1)")));
    request.split.split = data::Split::subjects;
    const std::set<std::string> together{"m2_1_dti_data.nii", "m2_2_dti_data.nii"};
    EXPECT_THAT(msunet::test::warnings_of([&] { EXPECT_EQ(validation(false), together); }),
                IsEmpty());
    EXPECT_EQ(validation(true), together);
    request.split.subject_pattern = "m[0-9]_[0-9]";
    EXPECT_EQ(validation(false), (std::set<std::string>{"m2_2_dti_data.nii", "m3_1_dti_data.nii"}));
    request.split.subject_pattern = "m[23]";
    EXPECT_THROW((void)test::prepare_alone(request), core::InputError);
    request.split.subject_pattern = "m";
    EXPECT_THAT(msunet::test::warnings_of([&] { (void)validation(false); }),
                testing::Contains(HasSubstr("all scans are of 'm'")));
}

}  // namespace
}  // namespace msunet::prepare

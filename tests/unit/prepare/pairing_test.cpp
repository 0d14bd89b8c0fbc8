// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "msunet/prepare/input.hpp"

namespace msunet::prepare {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TEST(PairingKey, IgnoresExtensionNeutralWordsCaseAndSeparators) {
    EXPECT_EQ(pairing_key("train_rs01_1_fmri_data.nii"), "train_rs01_1_fmri");
    EXPECT_EQ(pairing_key("train_rs01_1_fmri_mask.nii.gz"), "train_rs01_1_fmri");
    EXPECT_EQ(pairing_key("sub-01_T2w.nii"), "sub_01_t2w");
    EXPECT_EQ(pairing_key("sub-01_T2w_label.nii"), "sub_01_t2w");
    EXPECT_EQ(pairing_key("Mouse1Image.nii"), pairing_key("mouse1seg.nii"));
    EXPECT_EQ(pairing_key("img_7.nii"), pairing_key("7.mask.nii"));
    EXPECT_NE(pairing_key("m1.nii"), pairing_key("m10_mask.nii"));
}

TEST(Pairing, TakesTheNthOfEachAndTheMasksModality) {
    const Pairing pairing =
        pair_files({"a_data.nii", "b_data.nii"}, {"a_DTI_mask.nii", "b_fmri_mask.nii"}, 0.5);
    EXPECT_THAT(pairing.problems, IsEmpty());
    EXPECT_THAT(pairing.pairs,
                ElementsAre(Pair{"a_data.nii", "a_DTI_mask.nii", core::Modality::dti, false},
                            Pair{"b_data.nii", "b_fmri_mask.nii", core::Modality::fmri, true}));
}

TEST(Pairing, AlikeNamesAreSilent) {
    const Pairing pairing = pair_files({"a_fmri_data.nii", "b_fmri_data.nii"},
                                       {"a_fmri_mask.nii", "b_fmri_mask.nii"}, 0);
    EXPECT_THAT(pairing.problems, IsEmpty());
    EXPECT_THAT(pairing.warnings, IsEmpty());
}

TEST(Pairing, CrossedByByteOrderIsOneProblemThatListsThePairs) {
    // '.' sorts before '0' and '0' before '_': the order of the two folders differs.
    for (const char* word : {"mask", "mask_fmri"}) {
        const auto mask = [&](const char* name) { return std::string(name) + "_" + word + ".nii"; };
        const Pairing crossed =
            pair_files({"m1.nii", "m10.nii", "m2.nii"}, {mask("m10"), mask("m1"), mask("m2")}, 0);
        ASSERT_FALSE(crossed.problems.empty());
        const auto problem = text_of(crossed.problems.back());
        EXPECT_THAT(problem, AllOf(HasSubstr("crossed pairs"),
                                   HasSubstr("'m1.nii' with '" + mask("m10") + "'"),
                                   HasSubstr("'m10.nii' with '" + mask("m1") + "'"),
                                   Not(HasSubstr("m2")), HasSubstr("leading zeros")));
    }
}

TEST(Pairing, AScanThatIsThereTwiceIsNamed) {
    const auto problem = [](const std::vector<std::string>& data,
                            const std::vector<std::string>& masks) {
        const auto problems = pair_files(data, masks, 0).problems;
        return problems.empty() ? "" : text_of(problems.front());
    };
    EXPECT_EQ(problem({"a_fmri.nii", "a_fmri.nii.gz", "b_fmri.nii"}, {"a_fmri.nii", "b_fmri.nii"}),
              "-tpath holds 3 volumes but -mpath 2 masks; 'a_fmri' is there as .nii and .nii.gz, "
              "remove one");
    EXPECT_THAT(problem({"a_fmri.nii", "b_fmri.nii"},
                        {"a_fmri.nii", "a_fmri.nii.gz", "b_fmri.nii", "b_fmri.nii.gz"}),
                HasSubstr("'a_fmri', 'b_fmri' are there as .nii and .nii.gz, remove one"));
    EXPECT_THAT(problem({"a_fmri.nii", "b_fmri.nii"}, {"a_fmri.nii"}),
                HasSubstr("; add or remove files"));
}

TEST(Pairing, SeveralScansOfOneAnimalAreNotCrossed) {
    const Pairing pairing = pair_files({"a_dti.nii", "a_fmri.nii", "b_dti.nii"},
                                       {"a_dti_mask.nii", "a_fmri_mask.nii", "b_dti_mask.nii"}, 0);
    EXPECT_THAT(pairing.problems, IsEmpty());
    EXPECT_THAT(pairing.warnings, IsEmpty());
}

TEST(Pairing, NamesWithoutAnyCounterpartAreAWarning) {
    const Pairing pairing =
        pair_files({"a_fmri_data.nii", "b_fmri_data.nii", "d_fmri_data.nii"},
                   {"a_fmri_mask.nii", "c_fmri_mask.nii", "d_fmri_mask.nii"}, 0);
    EXPECT_THAT(pairing.problems, IsEmpty());
    ASSERT_EQ(pairing.warnings.size(), 1U);
    EXPECT_THAT(pairing.warnings[0], HasSubstr("'b_fmri_data.nii' with 'c_fmri_mask.nii'"));
}

TEST(Pairing, DifferentModalitiesAreAProblem) {
    const Pairing pairing = pair_files({"one_fmri.nii"}, {"other_dti.nii"}, 0);
    ASSERT_EQ(pairing.problems.size(), 1U);
    EXPECT_THAT(
        text_of(pairing.problems[0]),
        AllOf(HasSubstr("different modalities"), HasSubstr("'one_fmri.nii' with 'other_dti.nii'")));
}

TEST(Pairing, OtherDifferencesAreOneWarning) {
    const Pairing pairing = pair_files({"x1.nii", "x2.nii"}, {"y1_fmri.nii", "y2_fmri.nii"}, 0);
    EXPECT_THAT(pairing.problems, IsEmpty());
    ASSERT_EQ(pairing.warnings.size(), 1U);
    EXPECT_THAT(pairing.warnings[0], AllOf(HasSubstr("2 of 2 pairs"), HasSubstr("'x2.nii'")));
}

TEST(Pairing, PartsOfWordsAreNoDifferenceAgainstWholeOnes) {
    const Pairing pairing = pair_files({"m1_2ndtime.nii"}, {"m1_2ndtime_fmri_mask.nii"}, 0);
    EXPECT_THAT(pairing.problems, IsEmpty());
    EXPECT_EQ(pairing.pairs[0].modality, core::Modality::fmri);
    EXPECT_FALSE(pair_files({"rat1fmri.nii"}, {"rat1dti.nii"}, 0).problems.empty());
}

TEST(Pairing, TheModalityComesFromTheVolumeWhereTheMaskHasNone) {
    const Pairing pairing = pair_files({"sub-1_T2w.nii", "sub-2_noddi.nii"},
                                       {"sub-1_mask.nii", "sub-2_noddi_mask.nii"}, 0);
    EXPECT_THAT(pairing.problems, IsEmpty());
    EXPECT_EQ(pairing.pairs[0].modality, core::Modality::anatomical);
    EXPECT_THAT(pairing.notices,
                ElementsAre("the modality of 1 pair is taken from the name of the volume, as the "
                            "mask's has none: 'sub-1_T2w.nii' is anatomical"));
}

TEST(Pairing, TheModalityFromAPartOfAWordIsANotice) {
    const Pairing pairing =
        pair_files({"rat1.nii", "rat2.nii"}, {"rat1fmri.nii", "rat2dti.nii"}, 0);
    EXPECT_EQ(pairing.pairs[0].modality, core::Modality::fmri);
    EXPECT_THAT(pairing.notices, ElementsAre("the modality of 2 pairs is taken from a part of a "
                                             "word: 'rat1fmri.nii' is fmri, 'rat2dti.nii' is dti"));
}

TEST(Pairing, TheModalityComesFromTheFolderWhereNoFileHasOne) {
    const ModalityRule folders{.mask_folder = "study/fmri_masks/", .data_folder = "study/dti"};
    const Pairing pairing = pair_files({"1.nii", "2.nii"}, {"1.nii", "2_dti.nii"}, 0, folders);
    EXPECT_THAT(pairing.problems, IsEmpty());
    EXPECT_EQ(pairing.pairs[0].modality, core::Modality::fmri);
    EXPECT_EQ(pairing.pairs[1].modality, core::Modality::dti);
    EXPECT_THAT(pairing.notices,
                ElementsAre("the modality of 1 pair is taken from the name of the folder: "
                            "'fmri_masks' is fmri"));
    const ModalityRule of_data{.mask_folder = "study/masks", .data_folder = "study/func/."};
    EXPECT_EQ(pair_files({"1.nii"}, {"1.nii"}, 0, of_data).pairs[0].modality, core::Modality::fmri);
}

TEST(Pairing, AGivenModalityIsThatOfAllPairs) {
    const ModalityRule given{.given = core::Modality::noddi};
    const Pairing pairing = pair_files({"a.nii", "b_fmri.nii"}, {"a.nii", "b_dti.nii"}, 0, given);
    EXPECT_THAT(pairing.problems, IsEmpty());
    EXPECT_THAT(pairing.notices, IsEmpty());
    EXPECT_EQ(pairing.pairs[0].modality, core::Modality::noddi);
    EXPECT_EQ(pairing.pairs[1].modality, core::Modality::noddi);
}

TEST(Pairing, UnknownModalityNamesEveryMask) {
    const Pairing pairing =
        pair_files({"a.nii", "b.nii", "c.nii"}, {"a_x.nii", "b_fmri.nii", "c_y.nii"}, 0);
    ASSERT_EQ(pairing.problems.size(), 2U);
    EXPECT_THAT(text_of(pairing.problems[0]),
                AllOf(HasSubstr("'a_x.nii'"), HasSubstr("anatomical, dti, noddi, regwarp, fmri")));
    EXPECT_THAT(text_of(pairing.problems[1]), HasSubstr("'c_y.nii'"));
    EXPECT_THAT(pair_files({"a.nii"}, {"a.nii"}, 0, {.required = false}).problems, IsEmpty());
}

TEST(Pairing, CountsThatDifferNameTheFilesWithoutCounterpart) {
    const Pairing pairing = pair_files({"a_fmri_data.nii", "b_fmri_data.nii", "c_fmri_data.nii"},
                                       {"a_fmri_mask.nii", "c_fmri_mask.nii"}, 0);
    ASSERT_EQ(pairing.problems.size(), 1U);
    EXPECT_THAT(text_of(pairing.problems[0]),
                AllOf(HasSubstr("3 volumes"), HasSubstr("2 masks"), HasSubstr("'b_fmri_data.nii'"),
                      Not(HasSubstr("'a_fmri_data.nii'"))));
}

TEST(Split, CountsFilesAsPythonDoes) {
    EXPECT_EQ(validation_count(50, 0.58), 28U);  // 28.999999999999996
    EXPECT_EQ(validation_count(10, 0.2), 2U);
    EXPECT_EQ(validation_count(9, 0.2), 1U);
    EXPECT_EQ(validation_count(4, 0), 0U);
}

TEST(Split, WithoutAValidationFileSaysHowManyItTakes) {
    const std::vector<std::string> four{"a_fmri.nii", "b_fmri.nii", "c_fmri.nii", "d_fmri.nii"};
    ASSERT_EQ(pair_files(four, four, 0.2).warnings.size(), 1U);
    EXPECT_THAT(pair_files(four, four, 0.2).warnings[0], HasSubstr("it takes 5 pairs"));
    EXPECT_THAT(pair_files(four, four, 0.03).warnings[0], HasSubstr("it takes 34 pairs"));
    EXPECT_THAT(pair_files(four, four, 1e-300).warnings[0], HasSubstr("no validation data"));
    EXPECT_THAT(pair_files(four, four, 0.25).warnings, IsEmpty());
    EXPECT_THAT(pair_files(four, four, 0).warnings, IsEmpty());
}

}  // namespace
}  // namespace msunet::prepare

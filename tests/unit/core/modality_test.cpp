// SPDX-License-Identifier: Apache-2.0
#include "msunet/core/modality.hpp"

#include <gtest/gtest.h>

#include "msunet/core/modality_name.hpp"
#include "msunet/core/named_array.hpp"
#include "msunet/core/permutation.hpp"

namespace msunet::core {
namespace {

TEST(Modality, IsFoundInAnyCase) {
    EXPECT_EQ(modality_of("rs01_FMRI_mask.nii"), Modality::fmri);
    EXPECT_EQ(modality_of("a_noddi_mask.nii.gz"), Modality::noddi);
    EXPECT_EQ(modality_of("Anatomical.nii"), Modality::anatomical);
    EXPECT_FALSE(modality_of("scan.nii").has_value());
}

TEST(Modality, TheFirstInTheOrderOfTheColumnsWins) {
    EXPECT_EQ(modality_of("fmri_to_anatomical.nii"), Modality::anatomical);
    EXPECT_EQ(modality_of("regwarp_dti.nii"), Modality::dti);
}

TEST(Modality, WholeWordsComeBeforePartsOfWords) {
    EXPECT_EQ(modality_of("m1_2ndtime_fmri_mask.nii"), Modality::fmri);
    EXPECT_EQ(modality_in("m1_2ndtime_mask.nii"), (NamedModality{Modality::dti, false}));
    EXPECT_EQ(modality_in("rat1fmri.nii"), (NamedModality{Modality::fmri, false}));
    EXPECT_EQ(modality_in("rat1-fMRI.nii"), (NamedModality{Modality::fmri, true}));
    EXPECT_EQ(modality_of("fmri_preanatomical.nii"), Modality::fmri);
    EXPECT_EQ(modality_in("m\u00e4use_dti_1.nii"), (NamedModality{Modality::dti, true}));
    EXPECT_EQ(modality_in("\u00e4dti.nii"), (NamedModality{Modality::dti, false}));
}

TEST(Modality, BidsNamesAreUnderstood) {
    EXPECT_EQ(modality_of("sub-01_task-rest_bold.nii.gz"), Modality::fmri);
    EXPECT_EQ(modality_of("sub-01_T2w.nii.gz"), Modality::anatomical);
    EXPECT_EQ(modality_of("sub-01_acq-RARE_T1w_mask.nii"), Modality::anatomical);
    EXPECT_EQ(modality_of("sub-01_dir-AP_dwi.nii"), Modality::dti);
    EXPECT_EQ(modality_of("sub-01_space-T2w_bold.nii"), Modality::fmri);
    EXPECT_EQ(modality_of("anat"), Modality::anatomical);
    EXPECT_EQ(modality_of("func"), Modality::fmri);
    EXPECT_FALSE(modality_of("boldly_t2.nii").has_value());
}

TEST(Modality, NamesMatchWhole) {
    EXPECT_EQ(value_named<Modality>("DTI"), Modality::dti);
    EXPECT_FALSE(value_named<Modality>("dti2").has_value());
    EXPECT_EQ(name_of(Modality::regwarp), "regwarp");
}

TEST(NamedArray, CountsElements) {
    EXPECT_EQ(element_count({3, 3, 2, 32}), 576);
    EXPECT_EQ(element_count({}), 1);
    EXPECT_EQ(element_count({4, 0}), 0);
}

TEST(Permutation, TextListsNamesInAsciiOrder) {
    const Permutation permutation{{"lr", 0.001},
                                  {"batch_size", std::int64_t{16}},
                                  {"finalActivation", "relu"},
                                  {"pca_only", false}};
    EXPECT_EQ(permutation_text(permutation),
              "batch_size=16, finalActivation=relu, lr=0.001, pca_only=False");
    EXPECT_EQ(permutation_text({}), "defaults");
}

}  // namespace
}  // namespace msunet::core

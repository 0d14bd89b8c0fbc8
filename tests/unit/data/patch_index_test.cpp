// SPDX-License-Identifier: Apache-2.0
#include "msunet/data/patch_index.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "make_dataset.hpp"
#include "msunet/core/error.hpp"

namespace msunet::data {
namespace {

using core::Modality;
using test::make_dataset;
using test::source;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Window = PatchIndex::Window;

PatchSpec fractions(double fraction, double stride) {
    return {.fractional = true, .fraction = fraction, .stride_fraction = stride};
}

PatchSpec fixed(std::int64_t size, std::int64_t stride) {
    return {.fractional = false, .size = size, .stride = stride};
}

TEST(PatchSize, OfFractionsIsComputedInDoubleAsPythonDoes) {
    // 50 * 0.58 is 28.999999999999996 in double, 29 in decimal arithmetic and in float.
    EXPECT_EQ(patch_size(fractions(0.58, 0.125), 50, 100), (PatchSize{28, 57, 6, 12}));
    EXPECT_EQ(patch_size(fractions(0.75, 0.125), 73, 64), (PatchSize{54, 48, 9, 8}));
    EXPECT_EQ(patch_size(fractions(1, 1), 73, 64), (PatchSize{73, 64, 73, 64}));
}

TEST(PatchSize, IsNeverZero) {
    EXPECT_EQ(patch_size(fractions(0.1, 0.01), 5, 7), (PatchSize{1, 1, 1, 1}));
}

TEST(PatchIndex, VisitsSlicesRowsColumns) {
    const Dataset dataset = make_dataset({{source("a", Modality::dti, 0), 2, 4, 6}});
    const PatchIndex index(dataset, fractions(0.5, 0.5));
    EXPECT_THAT(index.windows(),
                ElementsAre(Window{0, 0, 0, 2, 3}, Window{0, 0, 3, 2, 3}, Window{0, 2, 0, 2, 3},
                            Window{0, 2, 3, 2, 3}, Window{1, 0, 0, 2, 3}, Window{1, 0, 3, 2, 3},
                            Window{1, 2, 0, 2, 3}, Window{1, 2, 3, 2, 3}));
}

TEST(PatchIndex, StopsWhereThePatchNoLongerFits) {
    const Dataset dataset = make_dataset({{source("a", Modality::dti, 0), 1, 100, 70}});
    const PatchIndex index(dataset, fixed(64, 20));
    EXPECT_THAT(index.windows(), ElementsAre(Window{0, 0, 0, 64, 64}, Window{0, 20, 0, 64, 64}));
}

TEST(PatchIndex, PadsToTheLargestPatchRoundedUpTo32) {
    const Dataset dataset = make_dataset(
        {{source("a", Modality::dti, 0), 1, 73, 64}, {source("b", Modality::dti, 1), 1, 40, 88}});
    const PatchIndex index(dataset, fractions(0.75, 0.5));
    EXPECT_EQ(index.padded_height(), 64);  // 54 rows of a
    EXPECT_EQ(index.padded_width(), 96);   // 66 columns of b
    EXPECT_EQ(index.padded_text(), "64/96");
}

TEST(PatchIndex, SplitsByFilesAndPutsCopiesLast) {
    const Dataset dataset =
        make_dataset({{source("a", Modality::dti, 0), 1, 4, 4},
                      {source("b", Modality::fmri, 1, true), 1, 4, 4},
                      {source("a copy", Modality::dti, 0, false, true), 2, 4, 4}});
    const PatchIndex index(dataset, fractions(1, 1));
    EXPECT_THAT(index.training(), ElementsAre(0, 2, 3));
    EXPECT_THAT(index.validation(), ElementsAre(1));
    EXPECT_THAT(index.training_original(), ElementsAre(0));
    EXPECT_THAT(index.samples(Part::training, Modality::dti), ElementsAre(0, 2, 3));
    EXPECT_THAT(index.samples(Part::training_original, Modality::dti), ElementsAre(0));
    EXPECT_THAT(index.samples(Part::validation, Modality::fmri), ElementsAre(1));
    EXPECT_THAT(index.samples(Part::validation, Modality::anatomical), IsEmpty());
}

TEST(PatchIndex, LosesNoSampleAndNoScanAtTheSplit) {
    const Dataset dataset = make_dataset({{source("a", Modality::dti, 0), 3, 40, 40},
                                          {source("b", Modality::dti, 1), 2, 40, 40},
                                          {source("c", Modality::dti, 2, true), 5, 40, 40}});
    const PatchIndex index(dataset, fixed(32, 4));
    EXPECT_EQ(index.training().size() + index.validation().size(), index.size());
    EXPECT_EQ(index.size(), 10U * 9U);
    for (const std::uint32_t sample : index.training()) {
        EXPECT_NE(dataset.slices()[index.windows()[sample].slice].source, 2U);
    }
    for (const std::uint32_t sample : index.validation()) {
        EXPECT_EQ(dataset.slices()[index.windows()[sample].slice].source, 2U);
    }
}

TEST(PatchIndex, NamesEveryVolumeThatIsSmallerThanAFixedPatch) {
    const Dataset dataset = make_dataset({{source("small.nii", Modality::dti, 0), 2, 64, 63},
                                          {source("fine.nii", Modality::dti, 1), 1, 64, 64},
                                          {source("flat.nii", Modality::dti, 2), 1, 32, 90}});
    try {
        const PatchIndex index(dataset, fixed(64, 32));
        FAIL() << "no error";
    } catch (const core::InputError& error) {
        ASSERT_EQ(error.problems().size(), 2U);
        EXPECT_THAT(error.problems()[0], HasSubstr("'small.nii'"));
        EXPECT_THAT(error.problems()[0], HasSubstr("63x64"));
        EXPECT_THAT(error.problems()[0], HasSubstr("patch_dimensions 64"));
        EXPECT_THAT(error.problems()[1], HasSubstr("'flat.nii'"));
    }
}

}  // namespace
}  // namespace msunet::data

// SPDX-License-Identifier: Apache-2.0
#include "msunet/data/patch_lists.hpp"

#include <gtest/gtest.h>

#include "make_dataset.hpp"
#include "msunet/core/error.hpp"

namespace msunet::data {
namespace {

TEST(PatchLists, MakeOneIndexForEachSizeAndStride) {
    const Dataset dataset =
        test::make_dataset({{test::source("a", core::Modality::dti, 0), 1, 64, 64}});
    PatchOptions options;
    options.use_frac_patch = false;
    PatchLists patches(dataset, options);
    const auto& small = patches.of(32, 32);
    EXPECT_EQ(small.size(), 4U);
    EXPECT_EQ(patches.of(64, 32).size(), 1U);
    EXPECT_EQ(patches.of(32, 16).size(), 9U);
    EXPECT_EQ(&patches.of(32, 32), &small);
    EXPECT_THROW(patches.of(96, 32), core::InputError);
}

TEST(PatchLists, SplitAsTheFoldsAre) {
    using core::Modality;
    const auto copy = test::source("b_rotated", Modality::fmri, 1, false, true);
    const Dataset dataset = test::make_dataset({{test::source("a", Modality::dti, 0), 1, 64, 64},
                                                {test::source("b", Modality::fmri, 1), 2, 64, 64},
                                                {copy, 2, 64, 64}});
    using enum SourceUse;
    PatchOptions options;
    options.use_frac_patch = false;
    PatchLists patches(dataset, options,
                       {{validation, training, training}, {training, validation, none}});
    const auto& whole = patches.of(64, 64);
    EXPECT_EQ(whole.training().size(), 5U);
    const auto& first = patches.of(64, 64, 0);
    EXPECT_EQ(first.validation(), (std::vector<std::uint32_t>{0}));
    EXPECT_EQ(first.training(), (std::vector<std::uint32_t>{1, 2, 3, 4}));
    EXPECT_EQ(first.training_original(), (std::vector<std::uint32_t>{1, 2}));
    const auto& second = patches.of(64, 64, 1);
    EXPECT_EQ(second.validation(), (std::vector<std::uint32_t>{1, 2}));
    EXPECT_EQ(second.training(), (std::vector<std::uint32_t>{0})) << "the copy is in neither part";
    EXPECT_EQ(&second.windows(), &whole.windows()) << "there is one copy";
    EXPECT_EQ(second.padded_text(), whole.padded_text());
    EXPECT_EQ(&patches.of(64, 64, 1), &second);
}

TEST(PatchLists, FractionsOfTheSliceAreTheSameForAll) {
    const Dataset dataset =
        test::make_dataset({{test::source("a", core::Modality::dti, 0), 1, 64, 64}});
    PatchLists patches(dataset, PatchOptions{});
    EXPECT_EQ(&patches.of(32, 32), &patches.of(64, 16));
}

}  // namespace
}  // namespace msunet::data

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

TEST(PatchLists, FractionsOfTheSliceAreTheSameForAll) {
    const Dataset dataset =
        test::make_dataset({{test::source("a", core::Modality::dti, 0), 1, 64, 64}});
    PatchLists patches(dataset, PatchOptions{});
    EXPECT_EQ(&patches.of(32, 32), &patches.of(64, 16));
}

}  // namespace
}  // namespace msunet::data

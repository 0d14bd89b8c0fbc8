// SPDX-License-Identifier: Apache-2.0
#include "msunet/data/dataset.hpp"

#include <gtest/gtest.h>

#include "make_dataset.hpp"
#include "msunet/core/error.hpp"

namespace msunet::data {
namespace {

using core::Modality;
using test::make_dataset;
using test::source;

TEST(Dataset, GivesEachSliceItsVoxelsAndMask) {
    const Dataset dataset = make_dataset(
        {{source("a", Modality::dti, 0), 2, 2, 3}, {source("b", Modality::fmri, 1), 1, 3, 1}});
    ASSERT_EQ(dataset.slices().size(), 3U);
    EXPECT_EQ(dataset.voxels(dataset.slices()[1]).size(), 6U);
    EXPECT_EQ(dataset.voxels(dataset.slices()[1]).front(), 7.0F);
    EXPECT_EQ(dataset.masks(dataset.slices()[2]).front(), 1);
    EXPECT_EQ(dataset.source_of(dataset.slices()[2]).name, "b");
    EXPECT_EQ(dataset.bytes(), 15U * 5U);
}

TEST(Dataset, FindsTheRangeOfEachSourceEvenWithoutSlices) {
    const std::vector<Slice> slices{{0, 2, 3, 0}, {0, 2, 3, 6}, {2, 4, 1, 12}};
    const std::vector<Range> expected{{0, 12}, {12, 0}, {12, 4}, {16, 0}};
    EXPECT_EQ(source_ranges(slices, 4), expected);
}

TEST(Dataset, RefusesALayoutWithGapsDisorderOrOverrun) {
    const auto make = [](std::vector<Slice> slices, std::size_t elements) {
        return Dataset::from_vectors({source("a", Modality::dti, 0), source("b", Modality::dti, 1)},
                                     std::move(slices), std::vector<float>(elements),
                                     std::vector<std::uint8_t>(elements));
    };
    EXPECT_NO_THROW(make({{0, 2, 2, 0}, {1, 2, 2, 4}}, 8));
    EXPECT_THROW(make({{0, 2, 2, 0}, {1, 2, 2, 5}}, 9), core::Error);
    EXPECT_THROW(make({{1, 2, 2, 0}, {0, 2, 2, 4}}, 8), core::Error);
    EXPECT_THROW(make({{0, 2, 2, 0}, {1, 2, 2, 4}}, 7), core::Error);
    EXPECT_THROW(make({{2, 2, 2, 0}}, 4), core::Error);
    EXPECT_THROW(make({{0, 0, 2, 0}}, 4), core::Error);
}

TEST(Dataset, HashTellsContentLayoutAndNamesApart) {
    const auto hash = [](float voxel, std::uint8_t mask, Source from, std::uint32_t height) {
        return Dataset::from_vectors({std::move(from)}, {{0, height, 4 / height, 0}},
                                     {0, 1, 2, voxel}, {0, 1, 0, mask})
            .hash();
    };
    const Source base = source("a", Modality::dti, 0);
    const std::string reference = hash(3, 1, base, 2);
    EXPECT_EQ(hash(3, 1, base, 2), reference);
    EXPECT_NE(hash(4, 1, base, 2), reference);
    EXPECT_NE(hash(3, 0, base, 2), reference);
    EXPECT_NE(hash(3, 1, base, 1), reference);
    EXPECT_NE(hash(3, 1, source("b", Modality::dti, 0), 2), reference);
    EXPECT_NE(hash(3, 1, source("a", Modality::fmri, 0), 2), reference);
    EXPECT_NE(hash(3, 1, source("a", Modality::dti, 0, true), 2), reference);
}

}  // namespace
}  // namespace msunet::data

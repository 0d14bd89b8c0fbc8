// SPDX-License-Identifier: Apache-2.0
#include "msunet/prepare/summary.hpp"

#include <gtest/gtest.h>

namespace msunet::prepare {
namespace {

using core::Modality;

TEST(Summary, CountsPairsSlicesAndSamplesByModalityAndSplit) {
    const auto dataset =
        data::Dataset::from_vectors({{"a", Modality::dti, false, false, 0},
                                     {"b", Modality::fmri, true, false, 1},
                                     {"a1", Modality::dti, false, true, 0}},
                                    {{0, 4, 4, 0}, {0, 4, 4, 16}, {1, 4, 4, 32}, {2, 4, 4, 48}},
                                    std::vector<float>(64), std::vector<std::uint8_t>(64));
    const data::PatchIndex index(dataset, {.fraction = 0.5, .stride_fraction = 0.5});
    const DataSummary summary = summarise(dataset, &index);
    const Counts& dti = summary.by_modality[static_cast<std::size_t>(Modality::dti)];
    EXPECT_EQ(dti.training_pairs, 1U);
    EXPECT_EQ(dti.validation_pairs, 0U);
    EXPECT_EQ(dti.copies, 1U);
    EXPECT_EQ(dti.training_slices, 3U);
    EXPECT_EQ(dti.training_samples, 12U);
    const Counts& fmri = summary.by_modality[static_cast<std::size_t>(Modality::fmri)];
    EXPECT_EQ(fmri.validation_pairs, 1U);
    EXPECT_EQ(fmri.validation_slices, 1U);
    EXPECT_EQ(fmri.validation_samples, 4U);
    EXPECT_EQ(summary.total.training_samples, 12U);
    EXPECT_EQ(summary.total.validation_samples, 4U);
    EXPECT_EQ(summary.bytes, 64U * 5U);
    EXPECT_EQ(summarise(dataset).total.training_samples, 0U);
}

}  // namespace
}  // namespace msunet::prepare

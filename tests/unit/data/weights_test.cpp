// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "make_dataset.hpp"
#include "msunet/core/error.hpp"
#include "msunet/data/patch_index.hpp"

namespace msunet::data {
namespace {

using core::Modality;
using test::make_dataset;
using test::source;
using testing::ElementsAre;
using testing::HasSubstr;

class SampleWeights : public testing::Test {
protected:
    const Dataset dataset_ = make_dataset({{source("a", Modality::anatomical, 0)},
                                           {source("b", Modality::noddi, 1)},
                                           {source("c", Modality::regwarp, 2)},
                                           {source("d", Modality::fmri, 3, true)},
                                           {source("e", Modality::noddi, 1, false, true)}});
    const PatchIndex index_{dataset_, {.fraction = 1, .stride_fraction = 1}};
};

TEST_F(SampleWeights, AreOneWithoutAModality) {
    EXPECT_THAT(sample_weights(index_, std::nullopt, 5), ElementsAre(1, 1, 1, 1, 1));
}

TEST_F(SampleWeights, AreTheFactorForTheModalityAlone) {
    EXPECT_THAT(sample_weights(index_, Modality::fmri, 2.5), ElementsAre(1, 1, 1, 2.5F, 1));
    EXPECT_THAT(sample_weights(index_, Modality::regwarp, 0), ElementsAre(1, 1, 0, 1, 1));
}

TEST_F(SampleWeights, OfNoddiHoldForWarpedScansToo) {
    EXPECT_THAT(sample_weights(index_, Modality::noddi, 3), ElementsAre(1, 3, 3, 1, 3));
}

}  // namespace
}  // namespace msunet::data

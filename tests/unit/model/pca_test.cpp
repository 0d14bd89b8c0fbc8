// SPDX-License-Identifier: Apache-2.0
#include "msunet/model/pca.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "msunet/core/error.hpp"
#include "msunet/core/random.hpp"

namespace msunet::model {
namespace {

TEST(Pca, VariancesOfKnownDirections) {
    // Samples ±a along orthogonal axes, plus a common offset: variances ∝ 9, 4, 1.
    std::vector<float> x;
    for (int axis = 0; axis < 3; ++axis) {
        for (const float sign : {1.0F, -1.0F}) {
            for (int j = 0; j < 5; ++j) {
                x.push_back(7 + (j == axis ? sign * static_cast<float>(3 - axis) : 0));
            }
        }
    }
    const auto cumulative = pca_cumulative_variance(x, 6, 5);
    ASSERT_EQ(cumulative.size(), 5U);
    EXPECT_NEAR(cumulative[0], 9.0 / 14, 1e-12);
    EXPECT_NEAR(cumulative[1], 13.0 / 14, 1e-12);
    EXPECT_NEAR(cumulative[2], 1, 1e-12);
    EXPECT_NEAR(cumulative[4], 1, 1e-12);
}

TEST(Pca, AtMost300Components) {
    core::RandomStream random(1);
    std::vector<float> x(310 * 320);
    for (float& value : x) value = static_cast<float>(random.normal());
    EXPECT_EQ(pca_cumulative_variance(x, 310, 320).size(), 300U);
    EXPECT_EQ(pca_cumulative_variance({x.data(), 40 * 320}, 40, 320).size(), 39U);
}

TEST(Pca, NeedsTwoSamplesAndToleratesConstants) {
    const std::vector<float> x(20, 3.0F);
    EXPECT_THROW((void)pca_cumulative_variance(x, 1, 20), core::InputError);
    EXPECT_EQ(pca_cumulative_variance(x, 4, 5), (std::vector<double>{0, 0, 0}));
}

}  // namespace
}  // namespace msunet::model

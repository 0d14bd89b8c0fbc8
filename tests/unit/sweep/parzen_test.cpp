// SPDX-License-Identifier: Apache-2.0
#include "sweep/parzen.hpp"

#include <gtest/gtest.h>

#include <map>

namespace msunet::sweep {
namespace {

constexpr ParzenAxis ordered_five{5, true};
constexpr ParzenAxis four_categories{4, false};

/// All places of two axes.
std::vector<Place> places_on(const ParzenAxis& first, const ParzenAxis& second) {
    std::vector<Place> places;
    for (std::uint32_t a = 0; a < first.length; ++a) {
        for (std::uint32_t b = 0; b < second.length; ++b) places.push_back({a, b});
    }
    return places;
}

TEST(Parzen, SumsToOneOverTheGrid) {
    const std::vector<ParzenAxis> axes{ordered_five, four_categories};
    const Place corner{0, 3};
    const Place inside{3, 1};
    for (const std::vector<const Place*>& centres :
         {std::vector<const Place*>{}, std::vector{&corner}, std::vector{&corner, &inside}}) {
        const ParzenDensity density(axes, centres);
        double sum = 0;
        for (const Place& place : places_on(axes[0], axes[1])) sum += density(place);
        EXPECT_NEAR(sum, 1, 1e-12);
    }
}

TEST(Parzen, WithoutCentresIsUniform) {
    const std::vector<ParzenAxis> axes{ordered_five, four_categories};
    const ParzenDensity density(axes, {});
    EXPECT_DOUBLE_EQ(density({2, 1}), 1.0 / 20);
}

TEST(Parzen, FallsWithTheDistanceOnAnOrderedAxisAlone) {
    const std::vector<ParzenAxis> axes{ordered_five, four_categories};
    const Place centre{1, 0};
    const ParzenDensity density(axes, std::vector(4, &centre));
    EXPECT_GT(density({1, 0}), density({2, 0}));
    EXPECT_DOUBLE_EQ(density({0, 0}), density({2, 0}));
    EXPECT_GT(density({2, 0}), density({3, 0}));
    EXPECT_GT(density({1, 0}), density({1, 1}));
    EXPECT_DOUBLE_EQ(density({1, 1}), density({1, 3}));
}

TEST(Parzen, DrawsFromItsDensity) {
    const std::vector<ParzenAxis> axes{ordered_five, four_categories};
    const Place centre{4, 2};
    const ParzenDensity density(axes, std::vector(3, &centre));
    core::RandomStream random(7);
    constexpr int draws = 20'000;
    std::map<Place, int> counts;
    for (int i = 0; i < draws; ++i) ++counts[density.draw(random)];
    for (const Place& place : places_on(axes[0], axes[1])) {
        EXPECT_NEAR(static_cast<double>(counts[place]) / draws, density(place), 0.011);
    }
}

}  // namespace
}  // namespace msunet::sweep

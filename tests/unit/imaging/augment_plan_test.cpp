// SPDX-License-Identifier: Apache-2.0
#include "msunet/imaging/augment_plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <set>

namespace msunet::imaging {
namespace {

/// E.g. "rotation, noise".
std::string operations_of(const AugmentedCopy& copy) {
    std::string text;
    const auto add = [&](bool applied, std::string_view name) {
        if (!applied) return;
        if (!text.empty()) text += ", ";
        text += name;
    };
    add(copy.rotation.has_value(), "rotation");
    add(copy.affine.has_value(), "affine");
    add(copy.noise.has_value(), "noise");
    add(copy.contrast.has_value(), "contrast");
    return text;
}

std::vector<std::uint32_t> numbers(std::uint32_t count) {
    std::vector<std::uint32_t> pairs(count);
    std::iota(pairs.begin(), pairs.end(), 0U);
    return pairs;
}

/// Five standard deviations of a count of `n` draws with probability p.
double slack(double n, double p) { return 5 * std::sqrt(n * p * (1 - p)); }

TEST(RandomScheme, follows_the_probabilities) {
    constexpr double n = 1000;
    for (const double at : {0.3, 0.5, 0.8}) {
        AugmentOptions options;
        options.augmentation_threshold = at;
        const auto copies = plan_augmentation(options, 7, numbers(1000));
        const double applied = 1 - at;
        const double any = at * (1 - std::pow(1 - applied, 4));
        EXPECT_NEAR(static_cast<double>(copies.size()), n * any, slack(n, any));
        std::array<double, 4> counts{};
        for (const AugmentedCopy& copy : copies) {
            counts[0] += copy.rotation ? 1 : 0;
            counts[1] += copy.affine ? 1 : 0;
            counts[2] += copy.noise ? 1 : 0;
            counts[3] += copy.contrast ? 1 : 0;
        }
        for (const double count : counts) {
            EXPECT_NEAR(count, n * at * applied, slack(n, at * applied));
        }
    }
}

TEST(RandomScheme, draws_are_uniform_in_their_ranges) {
    AugmentOptions options;
    options.augmentation_threshold = 0.5;
    double angle = 0;
    double square = 0;
    double draws = 0;
    std::array<std::size_t, 9> shears{};
    std::set<double> distinct;
    for (const AugmentedCopy& copy : plan_augmentation(options, 3, numbers(4000))) {
        if (copy.rotation) {
            for (const double a : copy.rotation->angles) {
                EXPECT_LE(std::abs(a), largest_angle);
                angle += a;
                square += a * a;
                ++draws;
                distinct.insert(a);
            }
            for (const double t : copy.rotation->translation) EXPECT_LE(std::abs(t), 0.5);
        }
        if (copy.affine) {
            for (const double s : copy.affine->scale) EXPECT_LE(std::abs(s - 1), 0.05);
            EXPECT_GE(copy.affine->shear, 0);
            EXPECT_LE(copy.affine->shear, 0.1);
            ASSERT_LT(copy.affine->shear_axis, 3U);
            ASSERT_LT(copy.affine->shear_along, 3U);
            ++shears[copy.affine->shear_axis * 3 + copy.affine->shear_along];
        }
    }
    const double variance = largest_angle * largest_angle / 3;
    EXPECT_NEAR(angle / draws, 0, 5 * std::sqrt(variance / draws));
    EXPECT_NEAR(square / draws, variance, 0.1 * variance);
    EXPECT_EQ(static_cast<double>(distinct.size()), draws);
    const std::size_t affine = std::accumulate(shears.begin(), shears.end(), std::size_t{0});
    for (std::size_t i = 0; i < shears.size(); ++i) {
        const double expected = i % 4 == 0 ? 0 : static_cast<double>(affine) / 6;
        EXPECT_NEAR(static_cast<double>(shears[i]), expected, 5 * std::sqrt(expected));
    }
}

TEST(RandomScheme, depends_on_seed_and_pair_alone) {
    const AugmentOptions options;
    const auto all = plan_augmentation(options, 11, numbers(200));
    const auto other = plan_augmentation(options, 12, numbers(200));
    EXPECT_NE(all.size(), 0U);
    std::size_t at = 0;
    for (std::uint32_t pair = 0; pair < 200; ++pair) {
        for (const AugmentedCopy& copy : copies_of_pair(options, 11, pair)) {
            ASSERT_LT(at, all.size());
            EXPECT_EQ(all[at].pair, pair);
            EXPECT_EQ(operations_of(all[at]), operations_of(copy));
            if (copy.rotation) {
                EXPECT_EQ(all[at].rotation->angles, copy.rotation->angles);
            }
            if (copy.noise) {
                EXPECT_EQ(all[at].noise->seed, copy.noise->seed);
            }
            ++at;
        }
    }
    EXPECT_EQ(at, all.size());
    std::set<std::uint32_t> chosen;
    std::set<std::uint32_t> chosen_otherwise;
    for (const auto& copy : all) chosen.insert(copy.pair);
    for (const auto& copy : other) chosen_otherwise.insert(copy.pair);
    EXPECT_NE(chosen, chosen_otherwise);
}

TEST(RandomScheme, a_switched_off_operation_leaves_the_others_as_they_are) {
    AugmentOptions options;
    const auto all = plan_augmentation(options, 5, numbers(300));
    options.enable_rotation = false;
    const auto rest = plan_augmentation(options, 5, numbers(300));
    std::size_t at = 0;
    for (AugmentedCopy copy : all) {
        copy.rotation.reset();
        if (operations_of(copy).empty()) continue;
        ASSERT_LT(at, rest.size());
        EXPECT_EQ(rest[at].pair, copy.pair);
        EXPECT_EQ(operations_of(rest[at]), operations_of(copy));
        ++at;
    }
    EXPECT_EQ(at, rest.size());
}

TEST(BasicScheme, makes_a_rotated_an_affine_and_a_doubly_transformed_copy) {
    AugmentOptions options;
    options.in_place_augmentation = false;
    const auto names = [&] {
        std::vector<std::string> list;
        for (const auto& copy : plan_augmentation(options, 1, numbers(1))) {
            list.push_back(operations_of(copy));
        }
        return list;
    };
    EXPECT_THAT(names(), ::testing::ElementsAre("rotation", "affine", "rotation, affine"));
    EXPECT_EQ(plan_augmentation(options, 1, numbers(20)).size(), 60U);
    options.enable_affine = false;
    EXPECT_THAT(names(), ::testing::ElementsAre("rotation"));
    options.enable_affine = true;
    options.enable_rotation = false;
    EXPECT_THAT(names(), ::testing::ElementsAre("affine"));
}

TEST(Augmentation, can_be_switched_off) {
    AugmentOptions options;
    options.enable_augmentation = false;
    EXPECT_TRUE(plan_augmentation(options, 1, numbers(100)).empty());
    options.enable_augmentation = true;
    options.augmentation_threshold = 0;
    EXPECT_TRUE(plan_augmentation(options, 1, numbers(100)).empty());
}

TEST(Augmentation, knows_folders_that_hold_copies) {
    EXPECT_TRUE(already_augmented(std::vector<std::string>{"a.nii", "b_augmented_0.nii"}));
    EXPECT_FALSE(already_augmented(std::vector<std::string>{"a.nii", "b.nii"}));
}

}  // namespace
}  // namespace msunet::imaging

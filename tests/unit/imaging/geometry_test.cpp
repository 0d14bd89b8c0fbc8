// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "msunet/imaging/grid.hpp"
#include "msunet/imaging/options.hpp"
#include "msunet/imaging/resample.hpp"
#include "random_volume.hpp"

namespace msunet::imaging {
namespace {

using testing::place_of;
using testing::random_geometry;
using testing::random_volume;

/// `volume`'s geometry on `grid`, to ask where its voxels lie.
core::Volume on(const core::Volume& volume, const Grid& grid) {
    core::Volume result = volume;
    result.size = grid.size;
    result.spacing = grid.spacing;
    result.origin = grid.origin;
    return result;
}

TEST(Grid, target_keeps_the_edges_and_the_slices) {
    core::RandomStream random(1);
    for (int repeat = 0; repeat < 50; ++repeat) {
        const core::Volume volume = random_geometry(random);
        const auto target = static_cast<std::int64_t>(1 + random.below(300));
        const Grid grid = grid_of_target(volume, target);
        EXPECT_EQ(grid.size[0], target);
        EXPECT_EQ(grid.size[1], std::max<std::size_t>(1, target * volume.size[1] / volume.size[0]));
        EXPECT_EQ(grid.size[2], volume.size[2]);
        EXPECT_DOUBLE_EQ(grid.spacing[2], volume.spacing[2]);
        const core::Volume fresh = on(volume, grid);
        const auto low = place_of(volume, {-0.5, -0.5, -0.5});
        const auto new_low = place_of(fresh, {-0.5, -0.5, -0.5});
        const auto corner = [](const core::Volume& v) {
            return place_of(
                v, {static_cast<double>(v.size[0]) - 0.5, static_cast<double>(v.size[1]) - 0.5,
                    static_cast<double>(v.size[2]) - 0.5});
        };
        for (std::size_t i = 0; i < 3; ++i) {
            EXPECT_NEAR(low[i], new_low[i], 1e-10);
            EXPECT_NEAR(corner(volume)[i], corner(fresh)[i], 1e-10);
        }
    }
}

TEST(Grid, spacing_divides_before_it_multiplies) {
    core::Volume volume;
    volume.size = {80, 80, 17};
    volume.spacing = {0.25, 0.25, 1.0};
    volume.origin = {1, 2, 3};
    const Grid grid = grid_of_spacing(volume, 0.08, 0.76);
    EXPECT_EQ(grid.size, (std::array<std::size_t, 3>{250, 250, 23}));
    EXPECT_EQ(grid.spacing, (std::array<double, 3>{0.08, 0.08, 0.76}));
    EXPECT_EQ(grid.origin, volume.origin);
    // 3 * (0.1 / 0.1) is 3; a spacing that rounds up costs a pixel, as in Python.
    volume.spacing = {0.1 + 0.2, 0.3, 1.0};
    EXPECT_EQ(grid_of_spacing(volume, 0.3, 1.0).size[0], 81U);
    EXPECT_EQ(grid_of_spacing(volume, 0.3, 1.0).size[1], 80U);
}

TEST(Grid, follows_the_options) {
    core::Volume volume;
    volume.size = {100, 50, 10};
    PreprocessOptions options;
    EXPECT_EQ(grid_for(volume, options).size, (std::array<std::size_t, 3>{128, 64, 10}));
    options.target_size = 64;
    EXPECT_EQ(grid_for(volume, options).size, (std::array<std::size_t, 3>{64, 32, 10}));
    EXPECT_FALSE(options.contradictory());
    options.interlayer_interpolation_spacing = 0.5;
    EXPECT_TRUE(options.contradictory());
    options.target_size.reset();
    EXPECT_EQ(grid_for(volume, options).size, (std::array<std::size_t, 3>{1250, 625, 20}));
}

TEST(Grid, names_the_spacing_of_a_grid_that_is_too_large) {
    core::Volume volume;
    volume.size = {256, 256, 20};
    volume.spacing = {2.5, 2.5, 1};
    PreprocessOptions options;
    options.target_size = 256;
    EXPECT_FALSE(unreasonable(grid_for(volume, options), volume, options));
    options = {};
    options.horizontal_interpolation_spacing = 0.08;
    const auto problem = unreasonable(grid_for(volume, options), volume, options);
    ASSERT_TRUE(problem);
    EXPECT_THAT(*problem, ::testing::HasSubstr("8000x8000"));
    EXPECT_THAT(*problem, ::testing::HasSubstr("2.5 x 2.5 x 1 mm"));
    EXPECT_THAT(*problem, ::testing::HasSubstr("-ts"));
}

TEST(Grid, names_the_spacing_where_next_to_nothing_is_left) {
    core::Volume volume;
    volume.size = {80, 80, 17};
    volume.spacing = {1e-4, 1e-4, 5e-4};  // metres
    PreprocessOptions options;
    options.horizontal_interpolation_spacing = 0.08;
    EXPECT_THAT(*unreasonable(grid_for(volume, options), volume, options),
                ::testing::HasSubstr("1 slice of 1x1 pixels would be left of 80x80x17 voxels (the "
                                     "header's spacing is 0.0001 x 0.0001 x 0.0005 mm)"));
    volume.spacing = {1e30, 1e30, 1e30};
    EXPECT_THAT(*unreasonable(grid_for(volume, options), volume, options),
                ::testing::HasSubstr("slices of 1000000000x1000000000 pixels"));
    options = {};
    options.target_size = std::numeric_limits<std::int64_t>::max();
    EXPECT_TRUE(unreasonable(grid_for(volume, options), volume, options));
    options.target_size = 4;  // as asked for
    EXPECT_FALSE(unreasonable(grid_for(volume, options), volume, options));
}

TEST(Resample, on_its_own_grid_changes_nothing) {
    core::RandomStream random(2);
    for (int repeat = 0; repeat < 20; ++repeat) {
        const core::Volume volume = random_volume(random);
        const core::Volume same = resample_like(volume, volume);
        ASSERT_EQ(same.size, volume.size);
        EXPECT_EQ(same.direction, volume.direction);
        for (std::size_t i = 0; i < volume.voxels.size(); ++i) {
            ASSERT_NEAR(same.voxels[i], volume.voxels[i], 1e-3);
        }
    }
}

TEST(Resample, reproduces_a_linear_function_of_the_place) {
    core::RandomStream random(3);
    for (int repeat = 0; repeat < 30; ++repeat) {
        core::Volume volume = random_geometry(random);
        const std::array<double, 3> slope{random.normal(), random.normal(), random.normal()};
        const auto expected = [&](const core::Volume& v, double x, double y, double z) {
            const auto place = place_of(v, {x, y, z});
            return slope[0] * place[0] + slope[1] * place[1] + slope[2] * place[2];
        };
        for (std::size_t z = 0; z < volume.size[2]; ++z) {
            for (std::size_t y = 0; y < volume.size[1]; ++y) {
                for (std::size_t x = 0; x < volume.size[0]; ++x) {
                    volume.at(x, y, z) = static_cast<float>(expected(volume, static_cast<double>(x),
                                                                     static_cast<double>(y),
                                                                     static_cast<double>(z)));
                }
            }
        }
        // Mode 2 makes pixels larger or smaller; those inside the outermost centres are linear.
        const Grid grid = grid_of_target(volume, static_cast<std::int64_t>(4 + random.below(60)));
        const core::Volume fresh = resample(volume, grid);
        std::size_t compared = 0;
        for (std::size_t y = 0; y < fresh.size[1]; ++y) {
            for (std::size_t x = 0; x < fresh.size[0]; ++x) {
                const auto inside = [&](std::size_t axis, std::size_t at) {
                    const double index = (static_cast<double>(at) + 0.5) * grid.spacing[axis] /
                                             volume.spacing[axis] -
                                         0.5;
                    return index >= 0 && index <= static_cast<double>(volume.size[axis] - 1);
                };
                if (!inside(0, x) || !inside(1, y)) continue;
                ASSERT_NEAR(fresh.at(x, y, 1),
                            expected(fresh, static_cast<double>(x), static_cast<double>(y), 1),
                            2e-4);
                ++compared;
            }
        }
        EXPECT_GT(compared, 0U);
    }
}

TEST(Resample, is_zero_outside) {
    core::RandomStream random(4);
    core::Volume volume = random_volume(random);
    volume.voxels.assign(volume.voxel_count(), 7.0F);
    Grid grid = grid_of(volume);
    grid.size[0] *= 2;
    const core::Volume wide = resample(volume, grid);
    EXPECT_EQ(wide.at(volume.size[0] - 1, 1, 1), 7.0F);
    EXPECT_EQ(wide.at(volume.size[0] + 1, 1, 1), 0.0F);
}

TEST(Resample, does_not_depend_on_threads) {
    core::RandomStream random(5);
    const core::Volume volume = random_volume(random);
    const Grid grid = grid_of_target(volume, 57);
    set_threads(1);
    const core::Volume one = resample(volume, grid);
    set_threads(4);
    const core::Volume four = resample(volume, grid);
    EXPECT_EQ(one.voxels, four.voxels);
    set_threads(1);
}

}  // namespace
}  // namespace msunet::imaging

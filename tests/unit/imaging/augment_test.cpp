// SPDX-License-Identifier: Apache-2.0
#include "msunet/imaging/augment.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <itkAdaptiveHistogramEqualizationImageFilter.h>

#include <algorithm>
#include <cmath>

#include "imaging/itk_image.hpp"
#include "msunet/imaging/normalise.hpp"
#include "msunet/imaging/resample.hpp"
#include "random_volume.hpp"

namespace msunet::imaging {
namespace {

using testing::random_volume;

/// A bright block with gaps in a dark volume: constant stretches, equal values, edges.
core::Volume blocks(core::RandomStream& random) {
    core::Volume volume = random_volume(random);
    for (std::size_t z = 0; z < volume.size[2]; ++z) {
        for (std::size_t y = 0; y < volume.size[1]; ++y) {
            for (std::size_t x = 0; x < volume.size[0]; ++x) {
                float& voxel = volume.at(x, y, z);
                if (x < 3 || y % 5 == 0 || z == 1) voxel = 0;
                if (x + y > 20) voxel = std::floor(voxel / 100);
            }
        }
    }
    return volume;
}

TEST(Transforms, with_identity_parameters_change_nothing) {
    core::RandomStream random(1);
    for (int repeat = 0; repeat < 10; ++repeat) {
        const core::Volume volume = random_volume(random);
        for (const core::Volume& same : {rotate(volume, {}), transform(volume, {})}) {
            EXPECT_EQ(same.size, volume.size);
            EXPECT_EQ(same.origin, volume.origin);
            EXPECT_EQ(same.direction, volume.direction);
            for (std::size_t i = 0; i < volume.voxels.size(); ++i) {
                ASSERT_NEAR(same.voxels[i], volume.voxels[i], 1e-3);
            }
        }
    }
}

TEST(Transforms, translate_by_millimetres) {
    core::RandomStream random(2);
    const core::Volume volume = random_volume(random);
    Rotation move;
    move.translation = {2 * volume.spacing[0], 0, volume.spacing[2]};
    const core::Volume moved = rotate(volume, move);
    // The transform maps output places to input places, as ITK's resampling has it.
    EXPECT_NEAR(moved.at(1, 2, 3), volume.at(3, 2, 4), 1e-3);
    EXPECT_EQ(moved.at(volume.size[0] - 1, 2, 0), 0.0F);
}

TEST(Transforms, leave_the_centre_where_it_is) {
    core::Volume volume;
    volume.size = {11, 9, 7};
    volume.spacing = {0.2, 0.3, 0.8};
    volume.origin = {5, -3, 2};
    volume.voxels.assign(volume.voxel_count(), 0.0F);
    volume.at(5, 4, 3) = 100;
    Rotation rotation;
    rotation.angles = {0.03, -0.02, 0.025};
    EXPECT_NEAR(rotate(volume, rotation).at(5, 4, 3), 100, 1e-4);
    Affine affine;
    affine.scale = {1.05, 0.95, 1.02};
    affine.shear = 0.1;
    EXPECT_NEAR(transform(volume, affine).at(5, 4, 3), 100, 1e-4);
}

TEST(Transforms, scale_about_the_centre) {
    core::Volume volume;
    volume.size = {21, 5, 5};
    volume.voxels.resize(volume.voxel_count());
    for (std::size_t i = 0; i < volume.voxels.size(); ++i) {
        volume.voxels[i] = static_cast<float>(i % 21);
    }
    Affine affine;
    affine.scale = {0.9, 1, 1};
    const core::Volume larger = transform(volume, affine);
    for (std::size_t x = 0; x < 21; ++x) {
        EXPECT_NEAR(larger.at(x, 2, 2), 10 + 0.9 * (static_cast<double>(x) - 10), 1e-4);
    }
    affine = {};
    affine.shear_axis = 0;
    affine.shear_along = 1;
    affine.shear = 0.1;
    const core::Volume sheared = transform(volume, affine);
    EXPECT_NEAR(sheared.at(10, 4, 2), 10.2, 1e-4);
    EXPECT_NEAR(sheared.at(10, 2, 4), 10.0, 1e-4);
}

TEST(Noise, has_the_asked_for_deviation_and_repeats) {
    core::Volume volume;
    volume.size = {40, 40, 20};
    volume.voxels.assign(volume.voxel_count(), 100.0F);
    core::Volume again = volume;
    add_noise(volume, {17, 0.01});
    add_noise(again, {17, 0.01});
    EXPECT_EQ(volume.voxels, again.voxels);
    double sum = 0;
    double square = 0;
    for (const float voxel : volume.voxels) {
        sum += voxel - 100;
        square += (voxel - 100.0) * (voxel - 100.0);
    }
    const double n = static_cast<double>(volume.voxels.size());
    EXPECT_NEAR(sum / n, 0, 5 / std::sqrt(n));
    EXPECT_NEAR(std::sqrt(square / n), 1.0, 0.03);
}

TEST(Equalise, equals_itk) {
    core::RandomStream random(4);
    set_threads(1);
    for (int repeat = 0; repeat < 8; ++repeat) {
        const core::Volume volume = repeat % 2 == 0 ? random_volume(random) : blocks(random);
        Contrast contrast;
        if (repeat >= 4) contrast = {0.3, 0.8, 2};
        auto filter = itk::AdaptiveHistogramEqualizationImageFilter<FloatImage>::New();
        filter->SetInput(view_of(volume));
        filter->SetAlpha(static_cast<float>(contrast.alpha));
        filter->SetBeta(static_cast<float>(contrast.beta));
        filter->SetRadius(contrast.radius);
        filter->Update();
        const core::Volume expected = volume_of(*filter->GetOutput());
        const core::Volume found = equalise(volume, contrast);
        const auto [low, high] = std::minmax_element(volume.voxels.begin(), volume.voxels.end());
        for (std::size_t i = 0; i < volume.voxels.size(); ++i) {
            ASSERT_NEAR(found.voxels[i], expected.voxels[i], 1e-6 * (*high - *low)) << i;
        }
    }
}

TEST(Equalise, does_not_depend_on_threads) {
    core::RandomStream random(5);
    const core::Volume volume = blocks(random);
    set_threads(1);
    const core::Volume one = equalise(volume, {});
    set_threads(3);
    const core::Volume three = equalise(volume, {});
    set_threads(1);
    EXPECT_EQ(one.voxels, three.voxels);
}

TEST(Equalise, leaves_a_constant_volume) {
    core::Volume volume;
    volume.size = {4, 4, 4};
    volume.voxels.assign(64, 3.0F);
    EXPECT_EQ(equalise(volume, {}).voxels, volume.voxels);
}

TEST(Apply, keeps_the_mask_binary_and_out_of_noise_and_contrast) {
    core::RandomStream random(6);
    core::Volume volume = blocks(random);
    core::Volume mask = volume;
    for (float& voxel : mask.voxels) voxel = voxel > 300 ? 1.0F : 0.0F;
    const core::Volume before = mask;
    const core::Volume scan = volume;
    AugmentedCopy copy;
    copy.noise = Noise{3};
    copy.contrast = Contrast{};
    apply(copy, volume, mask);
    EXPECT_EQ(mask.voxels, before.voxels);
    EXPECT_NE(volume.voxels, scan.voxels);
    copy.rotation = Rotation{{0.02, 0.01, -0.03}, {0.1, -0.2, 0.3}};
    copy.affine = Affine{{1.02, 0.97, 1.04}, 2, 0, 0.05};
    apply(copy, volume, mask);
    EXPECT_THAT(mask.voxels, ::testing::Each(::testing::AnyOf(0.0F, 1.0F)));
    EXPECT_EQ(mask.size, volume.size);
}

}  // namespace
}  // namespace msunet::imaging

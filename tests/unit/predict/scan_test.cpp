// SPDX-License-Identifier: Apache-2.0
#include "msunet/predict/scan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "msunet/imaging/grid.hpp"
#include "msunet/imaging/resample.hpp"
#include "msunet/predict/mask_facts.hpp"
#include "msunet/unet/initializers.hpp"
#include "support/read_volume.hpp"
#include "support/reference.hpp"
#include "unit/prepare/workspace.hpp"

namespace msunet::predict {
namespace {

namespace fs = std::filesystem;
using prepare::test::make_scan;

core::Volume ones_on(const core::Volume& scan, const imaging::Grid& grid) {
    core::Volume ones = imaging::resample(scan, grid);
    std::ranges::fill(ones.voxels, 1.0F);
    return ones;
}

TEST(BackOnto, LeavesOnesOnesToTheBorder) {
    auto scan = make_scan({41, 30, 7}, 1, {0.21, 0.34, 0.9}).volume;
    scan.origin = {3, -5, 8};
    scan.direction = {0, 0, 1, -1, 0, 0, 0, -1, 0};
    const auto grids = {imaging::grid_of_target(scan, 128), imaging::grid_of_target(scan, 17),
                        imaging::grid_of_spacing(scan, 0.08, 0.76),
                        imaging::grid_of_spacing(scan, 0.97, 1.0),
                        imaging::grid_of_spacing(scan, 1.0, 0.25)};
    for (const auto& grid : grids) {
        const auto back = back_onto(scan, ones_on(scan, grid));
        EXPECT_EQ(back.mask.size, scan.size);
        EXPECT_EQ(back.mask.origin, scan.origin);
        EXPECT_EQ(back.mask.direction, scan.direction);
        EXPECT_THAT(back.mask.voxels, testing::Each(1.0F)) << grid.size[0] << ' ' << grid.size[2];
        EXPECT_THAT(back.likelihood.voxels, testing::Each(testing::FloatNear(1, 1e-6F)));
    }
}

/// Dice of a mask that went to training's grid, as training thresholds it, and back.
double dice_there_and_back(const core::Volume& mask, std::int64_t target) {
    core::Volume there = imaging::resample(mask, imaging::grid_of_target(mask, target));
    const auto binary = imaging::threshold_mask(there.voxels);
    std::ranges::copy(binary, there.voxels.begin());
    return dice(mask, back_onto(mask, there).mask);
}

TEST(BackOnto, KeepsAMaskThatWentToTrainingsGrid) {
    const auto mask = make_scan({100, 80, 20}, 2).mask;
    EXPECT_GT(dice_there_and_back(mask, 128), 0.98);
}

TEST(BackOnto, KeepsTheManualMasksOfRealScans) {
    const auto folder = test::real_scans();
    if (!folder) GTEST_SKIP() << "no real scans, MSUNET_REAL_SCANS names no folder";
    for (const auto* name : {"train_t1m1_anatomical_mask.nii", "valid_fvb03_anatomical_mask.nii",
                             "valid_rs17_1_fmri_mask.nii"}) {
        const auto mask = test::read_mask(*folder / "masks" / name);
        EXPECT_GT(dice_there_and_back(mask, 128), 0.98) << name;
    }
}

SlicePredictor random_predictor(std::uint64_t seed) {
    const auto architecture = unet::published_architecture();
    return {architecture, unet::initial_weights(architecture, seed), "sigmoid",
            model::Precision::float32};
}

/// Two slices of 40 x 36 pixels with values from 0 to 1.
core::Volume two_slices() {
    core::Volume slices;
    slices.size = {40, 36, 2};
    slices.voxels.resize(slices.voxel_count());
    for (std::size_t i = 0; i < slices.voxels.size(); ++i) {
        slices.voxels[i] = static_cast<float>(i * 7919 % 1000) / 1000.0F;
    }
    return slices;
}

core::Volume mirrored(const core::Volume& slices) {
    core::Volume other = slices;
    for (std::size_t z = 0; z < slices.size[2]; ++z) {
        for (std::size_t y = 0; y < slices.size[1]; ++y) {
            for (std::size_t x = 0; x < slices.size[0]; ++x) {
                other.at(x, y, z) = slices.at(slices.size[0] - 1 - x, y, z);
            }
        }
    }
    return other;
}

TEST(MeanLikelihood, IsThatOfTheModels) {
    const auto slices = two_slices();
    const WindowOptions windows{.patches = {.fraction = 1, .stride_fraction = 1}};
    std::vector<SlicePredictor> models;
    for (const std::uint64_t seed : {1U, 2U, 1U}) models.push_back(random_predictor(seed));
    const auto first = models[0].predict(slices.voxels, 36, 40, windows);
    const auto second = models[1].predict(slices.voxels, 36, 40, windows);
    EXPECT_NE(first, second);
    std::vector<float> mean(first.size());
    std::ranges::transform(first, second, mean.begin(),
                           [](float a, float b) { return (a + b) / 2; });
    EXPECT_EQ(mean_likelihood(std::span(models).first(1), slices, windows, false), first);
    EXPECT_EQ(mean_likelihood(std::span(models).first(2), slices, windows, false), mean);
    // Two copies of one model are the model, bit for bit.
    std::swap(models[1], models[2]);
    EXPECT_EQ(mean_likelihood(std::span(models).first(2), slices, windows, false), first);
}

TEST(MeanLikelihood, OfAMirroredSliceIsMirrored) {
    const auto slices = two_slices();
    std::vector<SlicePredictor> models;
    for (const std::uint64_t seed : {1U, 2U}) models.push_back(random_predictor(seed));
    // The stride leaves columns over: windows do not lie symmetrically in a slice.
    const WindowOptions windows{.patches = {.fractional = false, .size = 32, .stride = 3}};
    core::Volume flipped = slices;
    flipped.voxels = mean_likelihood(models, slices, windows, true);
    EXPECT_EQ(mean_likelihood(models, mirrored(slices), windows, true), mirrored(flipped).voxels);
    core::Volume plain = slices;
    plain.voxels = mean_likelihood(models, slices, windows, false);
    core::Volume back = slices;
    back.voxels = mean_likelihood(models, mirrored(slices), windows, false);
    EXPECT_NE(back.voxels, mirrored(plain).voxels);
    back = mirrored(back);
    for (std::size_t i = 0; i < plain.voxels.size(); ++i) {
        ASSERT_NEAR(flipped.voxels[i], (plain.voxels[i] + back.voxels[i]) / 2, 1e-6);
    }
}

TEST(PredictScan, PredictsEverySliceOnTheScansGrid) {
    const auto scan = make_scan({20, 16, 5}, 3).volume;
    SlicePredictor predictor = random_predictor(1);
    ScanOptions options;
    options.preprocess.target_size = 32;
    options.windows.patches = {.fraction = 1, .stride_fraction = 1};
    const auto prediction = predict_scan({&predictor, 1}, scan, options);
    EXPECT_EQ(prediction.likelihood.size, scan.size);
    EXPECT_EQ(prediction.likelihood.spacing, scan.spacing);
    // A sigmoid's values, also where training would have dropped the slice.
    EXPECT_THAT(prediction.likelihood.voxels, testing::Each(testing::Gt(0.0F)));
    for (std::size_t i = 0; i < scan.voxel_count(); ++i) {
        ASSERT_EQ(prediction.mask.voxels[i] == 1, prediction.likelihood.voxels[i] > 0.5F);
    }
    options.flip = true;
    EXPECT_NE(predict_scan({&predictor, 1}, scan, options).likelihood.voxels,
              prediction.likelihood.voxels);
}

TEST(CleanMask, SaysWhatItChanged) {
    Prediction prediction;
    prediction.mask.size = {7, 5, 3};
    prediction.mask.voxels.assign(prediction.mask.voxel_count(), 0.0F);
    for (std::size_t i = 0; i < 9; ++i) {
        for (std::size_t z = 0; z < 3; ++z) prediction.mask.at(1 + i % 3, 1 + i / 3, z) = 1;
    }
    prediction.mask.at(2, 2, 1) = 0;
    prediction.mask.at(6, 0, 0) = 1;
    const auto before = prediction.mask;
    clean_mask(prediction, Clean::none);
    EXPECT_EQ(prediction.mask.voxels, before.voxels);
    EXPECT_FALSE(prediction.cleaning);
    clean_mask(prediction, Clean::largest);
    ASSERT_TRUE(prediction.cleaning);
    EXPECT_EQ(prediction.cleaning->pieces, 1U);
    EXPECT_EQ(prediction.cleaning->removed, 1U);
    EXPECT_EQ(prediction.cleaning->filled, 1U);
    for (std::size_t i = 0; i < before.voxels.size(); ++i) {
        const bool changed = before.voxels[i] != prediction.mask.voxels[i];
        EXPECT_EQ(prediction.cleaning->changed.voxels[i], changed ? 1 : 0);
    }
    EXPECT_EQ(prediction.mask.at(2, 2, 1), 1);
    EXPECT_EQ(prediction.mask.at(6, 0, 0), 0);
}

TEST(BrainOf, IsTheScanWithinTheMask) {
    core::Volume scan;
    scan.size = {3, 1, 1};
    scan.voxels = {5, -6, 7};
    core::Volume mask = scan;
    mask.voxels = {0, 1, 1};
    EXPECT_THAT(brain_of(scan, mask).voxels, testing::ElementsAre(0, -6, 7));
}

}  // namespace
}  // namespace msunet::predict

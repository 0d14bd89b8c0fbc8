// SPDX-License-Identifier: Apache-2.0
#include "msunet/predict/scan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>

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

TEST(PredictScan, PredictsEverySliceOnTheScansGrid) {
    const auto scan = make_scan({20, 16, 5}, 3).volume;
    const auto architecture = unet::published_architecture();
    SlicePredictor predictor(architecture, unet::initial_weights(architecture, 1), "sigmoid",
                             model::Precision::float32);
    ScanOptions options;
    options.preprocess.target_size = 32;
    options.windows.patches = {.fraction = 1, .stride_fraction = 1};
    const auto prediction = predict_scan(predictor, scan, options);
    EXPECT_EQ(prediction.likelihood.size, scan.size);
    EXPECT_EQ(prediction.likelihood.spacing, scan.spacing);
    // A sigmoid's values, also where training would have dropped the slice.
    EXPECT_THAT(prediction.likelihood.voxels, testing::Each(testing::Gt(0.0F)));
    for (std::size_t i = 0; i < scan.voxel_count(); ++i) {
        ASSERT_EQ(prediction.mask.voxels[i] == 1, prediction.likelihood.voxels[i] > 0.5F);
    }
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

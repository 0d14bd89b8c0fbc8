// SPDX-License-Identifier: Apache-2.0
#include "msunet/phantom/phantom.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <numeric>

#include "msunet/core/error.hpp"
#include "msunet/core/file.hpp"
#include "support/read_volume.hpp"

namespace msunet::phantom {
namespace {

namespace fs = std::filesystem;

PhantomOptions small() {
    PhantomOptions options;
    options.scale = 0.5;
    return options;
}

std::size_t voxels_of_brain(const core::Volume& mask) {
    return static_cast<std::size_t>(
        std::count_if(mask.voxels.begin(), mask.voxels.end(), [](float v) { return v > 0; }));
}

/// The best Dice of any "brain is what is brighter than t".
double best_threshold_dice(const core::Volume& volume, const core::Volume& mask) {
    std::vector<std::size_t> order(volume.voxels.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(),
              [&](std::size_t a, std::size_t b) { return volume.voxels[a] > volume.voxels[b]; });
    const auto brain = static_cast<double>(voxels_of_brain(mask));
    double hits = 0;
    double best = 0;
    for (std::size_t i = 0; i < order.size(); ++i) {
        hits += mask.voxels[order[i]];
        best = std::max(best, 2 * hits / (static_cast<double>(i + 1) + brain));
    }
    return best;
}

TEST(Plan, names_sort_as_they_are_listed_and_training_comes_first) {
    PhantomOptions options;
    options.animals = 12;
    options.validation_share = 0.25;
    const auto scans = plan(options);
    ASSERT_EQ(scans.size(), 48U);
    bool validation = false;
    for (std::size_t i = 0; i < scans.size(); ++i) {
        EXPECT_EQ(scans[i].validation, i >= 36);
        EXPECT_GE(scans[i].validation, validation);
        validation = scans[i].validation;
        EXPECT_EQ(core::modality_of(scans[i].mask_file), scans[i].modality);
        if (i > 0) {
            EXPECT_LT(scans[i - 1].data_file, scans[i].data_file);
            EXPECT_LT(scans[i - 1].mask_file, scans[i].mask_file);
        }
    }
    EXPECT_EQ(scans[0].data_file, "train_m01_anatomical_data.nii");
    EXPECT_EQ(scans[0].mask_file, "train_m01_anatomical_mask.nii");
    EXPECT_EQ(scans.back().data_file, "valid_m12_noddi_data.nii");
}

TEST(Plan, the_default_has_a_validation_animal_where_the_trainer_s_default_split_is) {
    const auto scans = plan({});
    const auto validation = std::count_if(scans.begin(), scans.end(),
                                          [](const ScanPlan& scan) { return scan.validation; });
    EXPECT_EQ(validation,
              static_cast<std::ptrdiff_t>(std::floor(static_cast<double>(scans.size()) * 0.2)));
}

TEST(Plan, keeps_a_training_animal) {
    PhantomOptions options;
    options.animals = 1;
    for (const ScanPlan& scan : plan(options)) EXPECT_FALSE(scan.validation);
    options.animals = 2;
    options.validation_share = 0.05;
    EXPECT_TRUE(plan(options).back().validation);
    EXPECT_FALSE(plan(options).front().validation);
}

TEST(MakeScan, repeats_and_depends_on_the_seed_and_the_animal) {
    PhantomOptions options = small();
    const auto scans = plan(options);
    const Scan first = make_scan(options, scans[2]);
    EXPECT_EQ(first.frames[0].voxels, make_scan(options, scans[2]).frames[0].voxels);
    EXPECT_NE(first.mask.voxels, make_scan(options, scans[6]).mask.voxels);
    options.animals = 9;
    EXPECT_EQ(first.frames[0].voxels, make_scan(options, scans[2]).frames[0].voxels);
    options.seed = 2;
    EXPECT_NE(first.mask.voxels, make_scan(options, scans[2]).mask.voxels);
}

TEST(MakeScan, each_modality_has_its_own_grid_and_frames) {
    const PhantomOptions options = small();
    const auto scans = plan(options);
    std::vector<std::array<std::size_t, 3>> sizes;
    for (std::size_t i = 0; i < 4; ++i) {
        const Scan scan = make_scan(options, scans[i]);
        EXPECT_EQ(scan.frames.size(), scans[i].modality == core::Modality::noddi ? 9U : 1U);
        for (const core::Volume& frame : scan.frames) {
            EXPECT_EQ(frame.size, scan.mask.size);
            EXPECT_EQ(frame.spacing, scan.mask.spacing);
            EXPECT_TRUE(std::all_of(frame.voxels.begin(), frame.voxels.end(),
                                    [](float v) { return std::isfinite(v) && v >= 0; }));
        }
        EXPECT_THAT(sizes, ::testing::Not(::testing::Contains(scan.mask.size)));
        sizes.push_back(scan.mask.size);
    }
}

TEST(MakeScan, scale_changes_the_matrix_and_keeps_the_field_of_view) {
    PhantomOptions options = small();
    const ScanPlan plan_of_fmri = plan(options)[2];
    const Scan half = make_scan(options, plan_of_fmri);
    options.scale = 1;
    const Scan full = make_scan(options, plan_of_fmri);
    EXPECT_EQ(full.mask.size[0], 2 * half.mask.size[0]);
    EXPECT_EQ(full.mask.size[2], half.mask.size[2]);
    EXPECT_DOUBLE_EQ(full.mask.spacing[0], half.mask.spacing[0] / 2);
    const double ratio = static_cast<double>(voxels_of_brain(full.mask)) /
                         static_cast<double>(voxels_of_brain(half.mask));
    EXPECT_NEAR(ratio, 4, 0.2);
}

TEST(MakeScan, a_threshold_does_not_find_the_brain) {
    PhantomOptions options = small();
    options.animals = 3;
    for (const std::int64_t seed : {1, 2}) {
        options.seed = seed;
        for (const ScanPlan& item : plan(options)) {
            const Scan scan = make_scan(options, item);
            const double share = static_cast<double>(voxels_of_brain(scan.mask)) /
                                 static_cast<double>(scan.mask.voxels.size());
            EXPECT_GT(share, 0.06) << item.data_file;
            EXPECT_LT(share, 0.25) << item.data_file;
            const core::Volume& seen =
                scan.frames[std::min<std::size_t>(7, scan.frames.size() - 1)];
            EXPECT_LT(best_threshold_dice(seen, scan.mask), 0.6) << item.data_file;
        }
    }
}

TEST(Write, makes_a_data_set_that_reads_back_and_repeats_byte_for_byte) {
    const fs::path folder =
        fs::temp_directory_path() / ("msunet_phantom_" + std::to_string(getpid()));
    PhantomOptions options = small();
    options.animals = 2;
    options.output = (folder / "a").string();
    const auto scans = write(options);
    ASSERT_EQ(scans.size(), 8U);
    for (const ScanPlan& item : scans) {
        const auto data = io::NiftiFile(folder / "a" / "data" / item.data_file).header();
        const auto mask = test::read_mask(folder / "a" / "masks" / item.mask_file);
        EXPECT_EQ(data.size, mask.size);
        EXPECT_EQ(data.geometry.origin, mask.origin);
        EXPECT_EQ(data.frames, item.modality == core::Modality::noddi ? 9U : 1U);
        EXPECT_EQ(mask.voxels, make_scan(options, item).mask.voxels);
        const auto raw = test::read_volume(folder / "a" / "masks" / item.mask_file);
        EXPECT_EQ(*std::max_element(raw.voxels.begin(), raw.voxels.end()),
                  item.modality == core::Modality::noddi ? 255 : 1);
    }
    options.output = (folder / "b").string();
    write(options);
    write(options);  // again over itself
    for (const ScanPlan& item : scans) {
        EXPECT_EQ(core::read_file(folder / "a" / "data" / item.data_file),
                  core::read_file(folder / "b" / "data" / item.data_file));
        EXPECT_EQ(core::read_file(folder / "a" / "masks" / item.mask_file),
                  core::read_file(folder / "b" / "masks" / item.mask_file));
    }
    std::ofstream(folder / "b" / "masks" / "own_mask.nii") << "x";
    EXPECT_THROW(write(options), core::UsageError);
    fs::remove_all(folder);
}

}  // namespace
}  // namespace msunet::phantom

// SPDX-License-Identifier: Apache-2.0
// Masks in another order than their scans: phantoms everywhere, real scans where they are.
#include "msunet/prepare/mask_order.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <utility>
#include <vector>

#include "msunet/phantom/phantom.hpp"
#include "support/read_volume.hpp"
#include "support/reference.hpp"
#include "workspace.hpp"

namespace msunet::prepare::test {
namespace {

using imaging::AxisMap;
using imaging::MaskGeometry;
using ::testing::HasSubstr;

struct ScanAndMask {
    std::string name;
    core::Volume scan;
    core::Volume mask;
};

std::vector<ScanAndMask> phantoms() {
    phantom::PhantomOptions options;
    options.animals = 1;
    options.scale = 0.5;
    std::vector<ScanAndMask> scans;
    for (const phantom::ScanPlan& plan : phantom::plan(options)) {
        phantom::Scan scan = phantom::make_scan(options, plan);
        scans.push_back({plan.data_file, std::move(scan.frames.back()), std::move(scan.mask)});
    }
    return scans;
}

std::vector<fs::path> files_in(const fs::path& folder) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder)) files.push_back(entry.path());
    std::ranges::sort(files);
    return files;
}

std::vector<ScanAndMask> pairs_in(const fs::path& folder) {
    const auto data = files_in(folder / "data");
    const auto masks = files_in(folder / "masks");
    std::vector<ScanAndMask> scans;
    for (std::size_t i = 0; i < data.size(); ++i) {
        scans.push_back({data[i].filename().string(), msunet::test::read_volume(data[i]),
                         msunet::test::read_mask(masks[i])});
    }
    return scans;
}

/// All mirrorings, and those with the first two axes swapped.
std::vector<AxisMap> other_orders() {
    std::vector<AxisMap> orders;
    for (unsigned order = 1; order < 16; ++order) {
        AxisMap map;
        if (order >= 8) std::swap(map.axis[0], map.axis[1]);
        for (std::size_t axis = 0; axis < 3; ++axis) map.flipped[axis] = (order >> axis & 1U) != 0;
        orders.push_back(map);
    }
    return orders;
}

/// The mask as `rule` pairs it with its scan, and what is said about it.
std::pair<core::Volume, std::string> paired(const ScanAndMask& pair, core::Volume mask,
                                            MaskGeometry rule = MaskGeometry::automatic) {
    Findings findings;
    core::Volume result = in_order_of_scan(
        std::move(mask), pair.scan, rule, [&] { return &pair.scan; }, "a_mask.nii", findings);
    EXPECT_LE(findings.remarks.size(), 1U);
    return {std::move(result), findings.remarks.empty() ? "" : findings.remarks.front().about};
}

/// The voxels of `mask` with the header of `header`.
core::Volume with_header_of(core::Volume header, const core::Volume& mask) {
    header.voxels = mask.voxels;
    return header;
}

/// The least preference for the true mask of a scan.
double check_all_orders(const ScanAndMask& pair) {
    SCOPED_TRACE(pair.name);
    double least = 1;
    for (const AxisMap& order : other_orders()) {
        const core::Volume stored = imaging::reordered(pair.mask, order);
        const auto [flipped, said] = paired(pair, stored);
        EXPECT_EQ(flipped.voxels, pair.mask.voxels);
        EXPECT_THAT(said, HasSubstr("against its scan, it is put in the scan's order"));
        if (stored.size != pair.mask.size) continue;
        // A header that is wrong over voxels that are right.
        const auto [kept, said_of_it] = paired(pair, with_header_of(stored, pair.mask));
        EXPECT_EQ(kept.voxels, pair.mask.voxels);
        EXPECT_THAT(said_of_it, HasSubstr("voxel by voxel because that fits the images better"));
        least = std::min(
            least, imaging::preference(pair.scan, pair.mask, with_header_of(pair.mask, stored)));
    }
    return least;
}

TEST(MaskOrder, images_decide_for_phantoms) {
    double least = 1;
    for (const auto& pair : phantoms()) least = std::min(least, check_all_orders(pair));
    RecordProperty("least_preference", std::to_string(least));
    EXPECT_GE(least, imaging::decided_preference);
}

TEST(MaskOrder, images_decide_for_real_scans) {
    const auto folder = msunet::test::real_scans();
    if (!folder) GTEST_SKIP() << "no real scans, MSUNET_REAL_SCANS names no folder";
    double least = 1;
    for (const auto& pair : pairs_in(*folder)) least = std::min(least, check_all_orders(pair));
    RecordProperty("least_preference", std::to_string(least));
    EXPECT_GE(least, 0.165);  // docs/formats.md
}

/// Bright on one side, in noise.
ScanAndMask lopsided(float brain) {
    ScanAndMask pair{.name = "lopsided", .scan = {}, .mask = {}};
    pair.scan.size = {12, 8, 4};
    pair.scan.origin = {3, 4, 5};
    pair.mask = pair.scan;
    core::RandomStream random(1);
    for (std::size_t i = 0; i < pair.scan.voxel_count(); ++i) {
        const bool is_brain = i % 12 >= 1 && i % 12 < 7;
        pair.mask.voxels.push_back(is_brain ? 1.0F : 0.0F);
        pair.scan.voxels.push_back((is_brain ? brain : 20) +
                                   static_cast<float>(random.uniform(0, 10)));
    }
    return pair;
}

TEST(MaskOrder, rules_and_what_is_said) {
    const AxisMap left_right{.flipped = {true, false, false}};
    const ScanAndMask clear = lopsided(60);
    const core::Volume mirrored = imaging::reordered(clear.mask, left_right);
    const auto said = [&](const ScanAndMask& pair, MaskGeometry rule) {
        return paired(pair, mirrored, rule).second;
    };
    EXPECT_EQ(said(clear, MaskGeometry::automatic),
              "a mask is mirrored left-right against its scan, it is put in the scan's order");
    EXPECT_EQ(said(clear, MaskGeometry::index),
              "by its header a mask is mirrored left-right against its scan, it is paired voxel by "
              "voxel (--mask_geometry index)");
    EXPECT_EQ(paired(clear, mirrored, MaskGeometry::index).first.voxels, mirrored.voxels);
    const ScanAndMask vague = lopsided(20);
    EXPECT_THAT(said(vague, MaskGeometry::automatic), HasSubstr("fit both ways alike"));
    EXPECT_EQ(paired(vague, mirrored).first.voxels, mirrored.voxels);
    EXPECT_EQ(said(vague, MaskGeometry::header), said(clear, MaskGeometry::automatic));
    EXPECT_EQ(paired(vague, mirrored, MaskGeometry::header).first.voxels, vague.mask.voxels);
    core::Volume elsewhere = clear.mask;
    elsewhere.origin[0] += 3.25;
    const auto [kept, place] = paired(clear, elsewhere, MaskGeometry::header);
    EXPECT_EQ(place,
              "by its header a mask lies elsewhere than its scan (its centre is 3.25 mm away), it "
              "is paired voxel by voxel");
    EXPECT_EQ(kept.voxels, clear.mask.voxels);
    EXPECT_EQ(kept.origin, clear.scan.origin);
    EXPECT_EQ(paired(clear, clear.mask).second, "");
}

TEST(MaskOrder, sizes_may_differ_by_the_order_of_the_axes) {
    const ScanAndMask pair = lopsided(60);
    const core::Volume swapped =
        imaging::reordered(pair.mask, {.axis = {2, 0, 1}, .flipped = {true, false, false}});
    EXPECT_FALSE(size_mismatch(pair.scan, swapped, MaskGeometry::automatic));
    EXPECT_EQ(paired(pair, swapped).first.voxels, pair.mask.voxels);
    EXPECT_EQ(*size_mismatch(pair.scan, swapped, MaskGeometry::index),
              "differ in size (12x8x4 against 4x12x8), --mask_geometry auto puts the mask's axes "
              "in the scan's order");
    core::Volume shorter = swapped;
    shorter.size[2] = 7;
    EXPECT_THAT(*size_mismatch(pair.scan, shorter, MaskGeometry::header),
                HasSubstr("check that they belong together"));
}

TEST(MaskOrder, training_has_the_same_data_with_a_mirrored_mask) {
    const Workspace workspace;
    const ScanAndMask pair = lopsided(60);
    Request request = workspace.request();
    request.split.validation_split = 0;
    request.augment.enable_augmentation = true;
    request.augment.in_place_augmentation = false;
    const auto masks_of = [&](const core::Volume& mask, MaskGeometry rule) {
        workspace.add("a_anatomical", Scan{.volume = pair.scan, .mask = mask});
        request.folders.mask_geometry = rule;
        const Prepared prepared = prepare_alone(request);
        const auto masks = prepared.dataset.masks();
        return std::vector(masks.begin(), masks.end());
    };
    const auto expected = masks_of(pair.mask, MaskGeometry::automatic);
    const core::Volume swapped =
        imaging::reordered(pair.mask, {.axis = {1, 0, 2}, .flipped = {true, false, true}});
    EXPECT_EQ(masks_of(swapped, MaskGeometry::automatic), expected);
    const core::Volume mirrored = imaging::reordered(pair.mask, {.flipped = {true, false, false}});
    EXPECT_EQ(masks_of(mirrored, MaskGeometry::automatic), expected);
    EXPECT_NE(masks_of(mirrored, MaskGeometry::index), expected);
    // Copies are made in the scan's millimetres, whatever the mask's header says.
    core::Volume coarse = pair.mask;
    coarse.spacing = {0.1, 0.2, 0.3};
    EXPECT_EQ(masks_of(coarse, MaskGeometry::automatic), expected);
}

}  // namespace
}  // namespace msunet::prepare::test

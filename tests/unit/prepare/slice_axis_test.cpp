// SPDX-License-Identifier: Apache-2.0
// --slice_axis: files in another order of axes give the same data set.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "msunet/imaging/axes.hpp"
#include "support/read_volume.hpp"
#include "support/warnings.hpp"
#include "workspace.hpp"

namespace msunet::prepare::test {
namespace {

using imaging::SliceAxis;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::array<SliceAxis, 3> all_axes{SliceAxis::first, SliceAxis::second, SliceAxis::third};

/// `volume`, whose slices lie along z, as a file has it whose slices lie along `axis`.
core::Volume stored_along(const core::Volume& volume, SliceAxis axis) {
    return imaging::reordered(volume, imaging::inverse(imaging::slices_last(axis)));
}

void add_along(const Workspace& workspace, const std::string& stem, const Scan& scan,
               SliceAxis axis) {
    workspace.add(
        stem, {.volume = stored_along(scan.volume, axis), .mask = stored_along(scan.mask, axis)});
}

TEST(SliceAxis, gives_the_same_data_and_copies_in_the_order_of_the_file) {
    const Scan scan = make_scan({30, 24, 7}, 1);
    std::vector<std::vector<float>> voxels;
    std::vector<std::vector<std::uint8_t>> masks;
    std::vector<core::Volume> copies;
    for (const SliceAxis axis : all_axes) {
        const Workspace workspace;
        add_along(workspace, "a_fmri", scan, axis);
        Request request = workspace.request();
        request.split.validation_split = 0;
        request.preprocess.slice_axis = axis;
        request.augment.enable_augmentation = true;
        request.augment.in_place_augmentation = false;
        request.augment.write_augmented = (workspace.root() / "copies").string();
        const Prepared prepared = prepare_alone(request);
        const auto all = prepared.dataset.voxels();
        const auto all_masks = prepared.dataset.masks();
        voxels.emplace_back(all.begin(), all.end());
        masks.emplace_back(all_masks.begin(), all_masks.end());
        EXPECT_EQ(prepared.survey.pairs.front().before.size,
                  (std::array<std::size_t, 3>{30, 24, 7}));
        const fs::path folder = workspace.root() / "copies";
        const auto copy = msunet::test::read_volume(folder / "data/a_fmri_data_augmented1.nii");
        EXPECT_EQ(copy.size, stored_along(scan.volume, axis).size);
        copies.push_back(imaging::reordered(copy, imaging::slices_last(axis)));
    }
    for (std::size_t i = 0; i < 2; ++i) {
        EXPECT_EQ(voxels[i], voxels[2]);
        EXPECT_EQ(masks[i], masks[2]);
        EXPECT_EQ(copies[i].voxels, copies[2].voxels);
    }
}

TEST(SliceAxis, that_is_not_the_thickest_is_said_with_the_names) {
    const Workspace workspace;
    add_along(workspace, "a_fmri", make_scan({30, 24, 7}, 1), SliceAxis::third);
    add_along(workspace, "b_fmri", make_scan({30, 24, 24}, 2), SliceAxis::second);
    add_along(workspace, "c_fmri", make_scan({30, 24, 24}, 3), SliceAxis::second);
    add_along(workspace, "d_fmri", make_scan({30, 24, 24}, 4, {0.25, 0.25, 0.3}), SliceAxis::first);
    Request request = workspace.request();
    const auto warnings = [&] {
        return msunet::test::warnings_of([&] { static_cast<void>(prepare_alone(request)); });
    };
    EXPECT_THAT(warnings(),
                ElementsAre(AllOf(HasSubstr("voxels are longest along axis 2, but slices are cut "
                                            "along axis 3 (--slice_axis 2 if that holds for all "
                                            "scans, else store them in one order): "),
                                  HasSubstr("b_fmri_data.nii"), HasSubstr("c_fmri_data.nii"),
                                  ::testing::Not(HasSubstr("d_fmri")))));
    request.preprocess.slice_axis = SliceAxis::second;
    EXPECT_THAT(warnings(), ElementsAre(AllOf(HasSubstr("longest along axis 3"),
                                              HasSubstr("a_fmri_data.nii"))));
}

TEST(SliceAxis, is_part_of_the_key) {
    const Workspace workspace;
    workspace.add("a_fmri", make_scan({24, 24, 24}, 1, {1, 1, 1}));
    workspace.add("b_fmri", make_scan({24, 24, 24}, 2, {1, 1, 1}));
    Request request = workspace.request();
    const auto key_of = [&](SliceAxis axis) {
        request.preprocess.slice_axis = axis;
        return prepare_alone(request).key;
    };
    EXPECT_EQ(key_of(SliceAxis::automatic), key_of(SliceAxis::third));
    EXPECT_NE(key_of(SliceAxis::first), key_of(SliceAxis::third));
}

}  // namespace
}  // namespace msunet::prepare::test

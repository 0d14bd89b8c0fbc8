// SPDX-License-Identifier: Apache-2.0
#include "msunet/imaging/volume_io.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <fstream>

#include "msunet/core/error.hpp"
#include "random_volume.hpp"

namespace msunet::imaging {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class VolumeIo : public ::testing::Test {
protected:
    void SetUp() override {
        folder_ = fs::temp_directory_path() / ("msunet_volume_io_" + std::to_string(getpid()));
        fs::create_directories(folder_);
    }
    void TearDown() override { fs::remove_all(folder_); }

    fs::path folder_;
};

/// What reading `file` as a mask complains about.
std::string complaint_of_mask(const fs::path& file) {
    try {
        read_mask(file);
    } catch (const core::InputError& error) {
        return error.what();
    }
    return "none";
}

TEST_F(VolumeIo, comes_back_with_its_geometry) {
    core::RandomStream random(1);
    for (const char* name : {"a.nii", "b.nii.gz"}) {
        for (int repeat = 0; repeat < 10; ++repeat) {
            const core::Volume volume = testing::random_volume(random);
            write_volume(folder_ / name, volume);
            const LoadedVolume loaded = read_volume(folder_ / name);
            EXPECT_EQ(loaded.volume.size, volume.size);
            EXPECT_EQ(loaded.volume.voxels, volume.voxels);
            EXPECT_EQ(loaded.component, "float");
            EXPECT_EQ(loaded.frames, 1);
            EXPECT_FALSE(loaded.frame_was_missing);
            for (std::size_t i = 0; i < 3; ++i) {
                EXPECT_NEAR(loaded.volume.spacing[i], volume.spacing[i], 1e-6);
                EXPECT_NEAR(loaded.volume.origin[i], volume.origin[i], 1e-5);
            }
            for (std::size_t i = 0; i < 9; ++i) {
                EXPECT_NEAR(loaded.volume.direction[i], volume.direction[i], 1e-5);
            }
            const LoadedVolume header = read_header(folder_ / name);
            EXPECT_TRUE(header.volume.voxels.empty());
            EXPECT_EQ(header.volume.size, volume.size);
            EXPECT_EQ(header.volume.direction, loaded.volume.direction);
        }
    }
    // No temporary file stays.
    EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()), 2);
}

TEST_F(VolumeIo, integers_are_rounded_and_clamped) {
    core::Volume volume;
    volume.size = {3, 2, 1};
    volume.voxels = {-4, 0.4F, 0.6F, 254.6F, 300, 7};
    write_volume(folder_ / "u.nii", volume, StoredAs::uint8);
    const LoadedVolume loaded = read_volume(folder_ / "u.nii");
    EXPECT_EQ(loaded.component, "unsigned_char");
    EXPECT_THAT(loaded.volume.voxels, ::testing::ElementsAre(0, 0, 1, 255, 255, 7));
    write_volume(folder_ / "s.nii", volume, StoredAs::int16);
    EXPECT_THAT(read_volume(folder_ / "s.nii").volume.voxels,
                ::testing::ElementsAre(-4, 0, 1, 255, 300, 7));
}

TEST_F(VolumeIo, a_4d_file_gives_one_frame) {
    core::RandomStream random(2);
    const core::Volume geometry = testing::random_geometry(random);
    std::vector<core::Volume> frames(9, geometry);
    for (std::size_t f = 0; f < frames.size(); ++f) {
        frames[f].voxels.assign(geometry.voxel_count(), static_cast<float>(f));
        frames[f].voxels[5] = -1;
    }
    write_frames(folder_ / "n.nii", frames, StoredAs::int16);
    const LoadedVolume eighth = read_volume(folder_ / "n.nii", 7);
    EXPECT_EQ(eighth.frames, 9);
    EXPECT_EQ(eighth.frame, 7);
    EXPECT_FALSE(eighth.frame_was_missing);
    EXPECT_EQ(eighth.volume.voxels, frames[7].voxels);
    for (std::size_t i = 0; i < 9; ++i) {
        EXPECT_NEAR(eighth.volume.direction[i], geometry.direction[i], 1e-5);
    }
    const LoadedVolume last = read_volume(folder_ / "n.nii", 20);
    EXPECT_TRUE(last.frame_was_missing);
    EXPECT_EQ(last.frame, 8);
    EXPECT_EQ(last.volume.voxels, frames[8].voxels);
}

TEST_F(VolumeIo, masks_are_binary_or_refused_by_name) {
    core::Volume mask;
    mask.size = {2, 2, 1};
    mask.voxels = {0, 255, 255, 0};
    write_volume(folder_ / "m.nii", mask, StoredAs::uint8);
    EXPECT_THAT(read_mask(folder_ / "m.nii").volume.voxels, ::testing::ElementsAre(0, 1, 1, 0));
    mask.voxels = {0, 1, 2, 0};
    write_volume(folder_ / "labels.nii", mask, StoredAs::uint8);
    const std::string complaint = complaint_of_mask(folder_ / "labels.nii");
    EXPECT_THAT(complaint, HasSubstr("labels.nii"));
    EXPECT_THAT(complaint, HasSubstr("values 0, 1, 2"));
}

TEST_F(VolumeIo, unreadable_files_are_named) {
    EXPECT_THAT(complaint_of_mask(folder_ / "absent.nii"), HasSubstr("absent.nii"));
    std::ofstream(folder_ / "text.nii") << "this is no NIfTI file";
    EXPECT_THAT(complaint_of_mask(folder_ / "text.nii"), HasSubstr("text.nii"));
    EXPECT_THROW(
        write_volume(folder_ / "no" / "such" / "folder.nii",
                     core::Volume{{1, 1, 1}, {1, 1, 1}, {}, {1, 0, 0, 0, 1, 0, 0, 0, 1}, {0}}),
        core::Error);
}

}  // namespace
}  // namespace msunet::imaging

// SPDX-License-Identifier: Apache-2.0
#include "msunet/imaging/write_volume.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>

#include "msunet/core/error.hpp"
#include "random_volume.hpp"
#include "support/read_volume.hpp"

namespace msunet::imaging {
namespace {

namespace fs = std::filesystem;

class WriteVolume : public ::testing::Test {
protected:
    void SetUp() override {
        folder_ = fs::temp_directory_path() / ("msunet_write_volume_" + std::to_string(getpid()));
        fs::create_directories(folder_);
    }
    void TearDown() override { fs::remove_all(folder_); }

    fs::path folder_;
};

TEST_F(WriteVolume, comes_back_with_its_geometry) {
    core::RandomStream random(1);
    for (const char* name : {"a.nii", "b.nii.gz"}) {
        for (int repeat = 0; repeat < 10; ++repeat) {
            const core::Volume volume = testing::random_volume(random);
            write_volume(folder_ / name, volume);
            const core::Volume read = test::read_volume(folder_ / name);
            EXPECT_EQ(read.size, volume.size);
            EXPECT_EQ(read.voxels, volume.voxels);
            for (std::size_t i = 0; i < 3; ++i) {
                EXPECT_NEAR(read.spacing[i], volume.spacing[i], 1e-6);
                EXPECT_NEAR(read.origin[i], volume.origin[i], 1e-5);
            }
            for (std::size_t i = 0; i < 9; ++i) {
                EXPECT_NEAR(read.direction[i], volume.direction[i], 1e-5);
            }
        }
    }
    // No temporary file stays.
    EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()), 2);
}

TEST_F(WriteVolume, integers_are_rounded_and_clamped) {
    core::Volume volume;
    volume.size = {3, 2, 1};
    volume.voxels = {-4, 0.4F, 0.6F, 254.6F, 300, 7};
    write_volume(folder_ / "u.nii", volume, StoredAs::uint8);
    EXPECT_EQ(io::NiftiFile(folder_ / "u.nii").header().type, io::NumberType::uint8);
    EXPECT_THAT(test::read_volume(folder_ / "u.nii").voxels,
                ::testing::ElementsAre(0, 0, 1, 255, 255, 7));
    write_volume(folder_ / "s.nii", volume, StoredAs::int16);
    EXPECT_THAT(test::read_volume(folder_ / "s.nii").voxels,
                ::testing::ElementsAre(-4, 0, 1, 255, 300, 7));
}

TEST_F(WriteVolume, frames_become_one_4d_file) {
    core::RandomStream random(2);
    const core::Volume geometry = testing::random_geometry(random);
    std::vector<core::Volume> frames(9, geometry);
    for (std::size_t f = 0; f < frames.size(); ++f) {
        frames[f].voxels.assign(geometry.voxel_count(), static_cast<float>(f));
        frames[f].voxels[5] = -1;
    }
    write_frames(folder_ / "n.nii", frames, StoredAs::int16);
    EXPECT_EQ(io::NiftiFile(folder_ / "n.nii").header().frames, frames.size());
    for (const std::size_t f : {0U, 7U, 8U}) {
        const core::Volume read =
            test::read_volume(folder_ / "n.nii", static_cast<std::int64_t>(f));
        EXPECT_EQ(read.voxels, frames[f].voxels);
        for (std::size_t i = 0; i < 9; ++i) {
            EXPECT_NEAR(read.direction[i], geometry.direction[i], 1e-5);
        }
    }
}

TEST_F(WriteVolume, a_folder_that_is_missing_is_an_error) {
    EXPECT_THROW(
        write_volume(folder_ / "no" / "such" / "folder.nii",
                     core::Volume{{1, 1, 1}, {1, 1, 1}, {}, {1, 0, 0, 0, 1, 0, 0, 0, 1}, {0}}),
        core::Error);
}

}  // namespace
}  // namespace msunet::imaging

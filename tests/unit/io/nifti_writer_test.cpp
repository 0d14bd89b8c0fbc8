// SPDX-License-Identifier: Apache-2.0
#include "msunet/io/nifti_writer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <cstring>
#include <numeric>

#include "msunet/core/error.hpp"
#include "msunet/core/file.hpp"
#include "msunet/io/nifti_file.hpp"
#include "support/nifti_bytes.hpp"
#include "unit/imaging/random_volume.hpp"

namespace msunet::io {
namespace {

namespace fs = std::filesystem;

core::Volume read_volume(const fs::path& file, std::int64_t frame = 0) {
    return NiftiFile(file).read(frame, Extent::frame).volume;
}

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
            const core::Volume read = read_volume(folder_ / name);
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
    EXPECT_THAT(read_volume(folder_ / "u.nii").voxels,
                ::testing::ElementsAre(0, 0, 1, 255, 255, 7));
    write_volume(folder_ / "s.nii", volume, StoredAs::int16);
    EXPECT_THAT(read_volume(folder_ / "s.nii").voxels,
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
        const core::Volume read = read_volume(folder_ / "n.nii", static_cast<std::int64_t>(f));
        EXPECT_EQ(read.voxels, frames[f].voxels);
        for (std::size_t i = 0; i < 9; ++i) {
            EXPECT_NEAR(read.direction[i], geometry.direction[i], 1e-5);
        }
    }
}

/// The bytes of `text` that may not change: all but those of fields that a writer sets.
std::string without(std::string text, const std::vector<std::pair<std::size_t, std::size_t>>& set) {
    for (const auto& [offset, bytes] : set) std::fill_n(text.begin() + offset, bytes, '\0');
    return text;
}

TEST_F(WriteVolume, on_a_scan_keeps_its_header_byte_for_byte) {
    core::RandomStream random(3);
    for (int round = 0; round < 40; ++round) {
        const bool second = round % 2 == 1;
        auto scan = second ? test::nifti2_bytes(round % 4 > 1) : test::NiftiBytes(round % 4 > 1);
        const std::size_t header = second ? 540 : 348;
        // Everything at random but the size of the header, magic, and what is checked: dimensions,
        // type, place of the voxels, finite pixdim.
        const std::vector<std::pair<std::size_t, std::size_t>> kept =
            second ? std::vector<std::pair<std::size_t, std::size_t>>{{0, 80}, {104, 96}}
                   : std::vector<std::pair<std::size_t, std::size_t>>{
                         {0, 4}, {40, 16}, {70, 4}, {76, 48}, {344, 4}};
        std::string noise(header, '\0');
        for (char& byte : noise) byte = static_cast<char>(random.below(256));
        for (const auto& [offset, bytes] : kept) {
            std::copy_n(scan.bytes.begin() + static_cast<std::ptrdiff_t>(offset), bytes,
                        noise.begin() + static_cast<std::ptrdiff_t>(offset));
        }
        scan.bytes.replace(0, header, noise);
        // An extension of 32 bytes.
        scan.bytes.insert(header + 4, std::string("an extension of the scan's tool "));
        scan.bytes[header] = 1;
        if (second) {
            scan.put<std::int64_t>(168, 544 + 32);
        } else {
            scan.put<float>(108, 352 + 32);
        }
        const fs::path file = folder_ / (round % 3 == 0 ? "scan.nii.gz" : "scan.nii");
        core::write_file_atomically(file, round % 3 == 0 ? test::gzipped(scan.bytes) : scan.bytes);
        NiftiFrame frame = NiftiFile(file).read(0, Extent::whole);
        ASSERT_EQ(frame.head, scan.bytes.substr(0, header + 4 + 32));

        std::iota(frame.volume.voxels.begin(), frame.volume.voxels.end(), 0.0F);
        const fs::path result = folder_ / "result.nii";
        write_on_scan(result, frame.head, frame.volume, StoredAs::int16);
        const std::string written = core::read_file(result);
        const auto changed =
            second ? std::vector<std::pair<std::size_t, std::size_t>>{{12, 68}, {176, 32}}
                   : std::vector<std::pair<std::size_t, std::size_t>>{
                         {40, 16}, {70, 4}, {112, 8}, {124, 8}};
        EXPECT_EQ(without(written.substr(0, frame.head.size()), changed),
                  without(frame.head, changed));
        NiftiFile reread(result);
        EXPECT_EQ(reread.header().type, NumberType::int16);
        EXPECT_EQ(reread.header().big_endian, round % 4 > 1);
        EXPECT_EQ(std::move(reread).read(0, Extent::whole).volume.voxels, frame.volume.voxels);
    }
}

TEST_F(WriteVolume, a_frame_of_a_4d_scan_becomes_a_3d_file) {
    for (const std::vector<int>& sizes : {std::vector{5, 4, 3, 2}, std::vector{5, 4, 3, 1, 2}}) {
        test::NiftiBytes scan;
        scan.dimensions(sizes).put<float>(92, 1.5F);
        scan.bytes.resize(352 + 2 * 240);
        core::write_file_atomically(folder_ / "scan.nii", scan.bytes);
        const NiftiFrame frame = NiftiFile(folder_ / "scan.nii").read(1, Extent::frame);
        write_on_scan(folder_ / "mask.nii", frame.head, frame.volume, StoredAs::uint8);
        const std::string written = core::read_file(folder_ / "mask.nii");
        EXPECT_EQ(written.size(), 352U + 60U);
        std::array<std::int16_t, 8> dimensions{};
        std::memcpy(dimensions.data(), written.data() + 40, sizeof dimensions);
        EXPECT_EQ(dimensions, (std::array<std::int16_t, 8>{3, 5, 4, 3, 1, 1, 1, 1}));
        EXPECT_EQ(written.substr(76, 32), scan.bytes.substr(76, 32));
    }
}

TEST_F(WriteVolume, a_folder_that_is_missing_is_an_error) {
    EXPECT_THROW(
        write_volume(folder_ / "no" / "such" / "folder.nii",
                     core::Volume{{1, 1, 1}, {1, 1, 1}, {}, {1, 0, 0, 0, 1, 0, 0, 0, 1}, {0}}),
        core::Error);
}

}  // namespace
}  // namespace msunet::io

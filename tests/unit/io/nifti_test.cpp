// SPDX-License-Identifier: Apache-2.0
#include "msunet/io/nifti.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <string>

#include "msunet/core/error.hpp"
#include "msunet/core/file.hpp"
#include "msunet/core/random.hpp"

namespace msunet::io {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

/// A NIfTI-1 file in memory, field by field at the offsets of nifti1.h.
class NiftiFile {
public:
    explicit NiftiFile(bool swapped = false) : swapped_(swapped) {
        put<std::int32_t>(0, 348);
        dimensions({5, 4, 3});
        put<std::int16_t>(70, 16);
        put<std::int16_t>(72, 32);
        for (std::size_t d = 0; d < 3; ++d) put<float>(80 + 4 * d, 0.5F);
        put<float>(108, 352);
        std::memcpy(bytes.data() + 344, "n+1", 4);
        bytes.resize(352 + 5 * 4 * 3 * 4);
    }

    template <class T>
    NiftiFile& put(std::size_t offset, T value) {
        std::array<char, sizeof(T)> raw{};
        std::memcpy(raw.data(), &value, sizeof(T));
        if (swapped_) std::reverse(raw.begin(), raw.end());
        std::memcpy(bytes.data() + offset, raw.data(), raw.size());
        return *this;
    }

    NiftiFile& dimensions(const std::vector<int>& sizes) {
        put(40, static_cast<std::int16_t>(sizes.size()));
        for (std::size_t d = 0; d < sizes.size(); ++d) {
            put(42 + 2 * d, static_cast<std::int16_t>(sizes[d]));
        }
        return *this;
    }

    std::string bytes = std::string(352, '\0');

private:
    bool swapped_;
};

class NiftiTest : public testing::Test {
protected:
    fs::path folder = fs::path(testing::TempDir()) / ("nifti_" + core::unique_suffix());

    void SetUp() override { fs::create_directories(folder); }
    void TearDown() override { fs::remove_all(folder); }

    NiftiHeader check(const std::string& bytes, const std::string& name = "x.nii") const {
        core::write_file_atomically(folder / name, bytes, core::Durability::buffered);
        return check_nifti(folder / name);
    }

    std::string problem(const std::string& bytes, const std::string& name = "x.nii") const {
        try {
            static_cast<void>(check(bytes, name));
        } catch (const core::InputError& error) {
            EXPECT_EQ(error.problems().size(), 1U);
            EXPECT_THAT(error.what(), HasSubstr((folder / name).string()));
            return error.what();
        }
        return "";
    }

    [[nodiscard]] std::string compressed(const std::string& bytes) const {
        const fs::path path = folder / "made.gz";
        gzFile file = gzopen(path.c_str(), "wb");
        gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size()));
        gzclose(file);
        return core::read_file(path);
    }
};

TEST_F(NiftiTest, ReadsBothByteOrders) {
    for (const bool swapped : {false, true}) {
        const NiftiHeader header = check(NiftiFile(swapped).bytes);
        EXPECT_EQ(header.big_endian, swapped);
        EXPECT_EQ(header.size, (std::array<std::size_t, 3>{5, 4, 3}));
        EXPECT_EQ(header.frames, 1U);
        EXPECT_EQ(header.spacing, (std::array<double, 3>{0.5, 0.5, 0.5}));
        EXPECT_EQ(header.data_type_name, "float32");
        EXPECT_EQ(header.data_offset, 352U);
        EXPECT_EQ(header.data_bytes, 240U);
        EXPECT_FALSE(header.compressed);
        EXPECT_EQ(header.voxels_per_frame(), 60U);
        EXPECT_GT(header.cost(), 0);
    }
}

TEST_F(NiftiTest, ReadsFramesAndDropsEmptyDimensions) {
    NiftiFile file;
    file.dimensions({5, 4, 3, 9});
    file.bytes.resize(352 + 240 * 9);
    EXPECT_EQ(check(file.bytes).frames, 9U);
    EXPECT_EQ(check(NiftiFile().dimensions({5, 4, 3, 1, 1}).bytes).frames, 1U);
}

TEST_F(NiftiTest, ConvertsUnitsAndTakesZeroSpacingForOne) {
    NiftiFile file;
    file.put<std::uint8_t>(123, 3 | 8).put<float>(80, 80.0F).put<float>(84, 0.0F);
    file.put<float>(88, -250.0F);
    const NiftiHeader header = check(file.bytes);
    EXPECT_DOUBLE_EQ(header.spacing[0], 0.08);
    EXPECT_DOUBLE_EQ(header.spacing[1], 1.0);
    EXPECT_DOUBLE_EQ(header.spacing[2], 0.25);
}

TEST_F(NiftiTest, ReadsCompressedFiles) {
    const NiftiHeader header = check(compressed(NiftiFile().bytes), "x.nii.gz");
    EXPECT_TRUE(header.compressed);
    EXPECT_EQ(header.size[0], 5U);
}

TEST_F(NiftiTest, NamesEachDefect) {
    const std::string good = NiftiFile().bytes;
    EXPECT_THAT(problem(""), HasSubstr("is empty (0 bytes)"));
    EXPECT_THAT(problem(good.substr(0, 100)), HasSubstr("too short for a NIfTI header (100 bytes"));
    EXPECT_THAT(problem(good.substr(0, 500)),
                HasSubstr("is cut off (500 bytes of the 592 that its header promises)"));
    EXPECT_THAT(problem(std::string(1000, 'x')), HasSubstr("is no NIfTI file (the header's size"));
    EXPECT_THAT(problem(NiftiFile().put<std::int32_t>(0, 540).bytes), HasSubstr("NIfTI-2"));
    EXPECT_THAT(problem(NiftiFile().put(344, 'x').bytes), HasSubstr("its magic is 'x+1'"));
    NiftiFile pair;
    std::memcpy(pair.bytes.data() + 344, "ni1", 4);
    EXPECT_THAT(problem(pair.bytes), HasSubstr("one half of a NIfTI pair"));
    EXPECT_THAT(problem(NiftiFile().put<std::int16_t>(40, 0).bytes), HasSubstr("0 dimensions"));
    EXPECT_THAT(problem(NiftiFile().put<std::int16_t>(40, 8).bytes), HasSubstr("8 dimensions"));
    EXPECT_THAT(problem(NiftiFile().dimensions({5, -4, 3}).bytes), HasSubstr("5 x -4 x 3"));
    EXPECT_THAT(problem(NiftiFile().dimensions({5, 4}).bytes), HasSubstr("has 2 dimensions"));
    EXPECT_THAT(problem(NiftiFile().dimensions({5, 4, 3, 2, 2}).bytes),
                HasSubstr("has 5 dimensions"));
    EXPECT_THAT(problem(NiftiFile().put<std::int16_t>(70, 77).bytes),
                HasSubstr("unknown data type (code 77)"));
    EXPECT_THAT(problem(NiftiFile().put<std::int16_t>(70, 128).bytes), HasSubstr("RGB"));
    EXPECT_THAT(problem(NiftiFile().put<std::int16_t>(72, 16).bytes),
                HasSubstr("16 bits instead of 32"));
    constexpr float nan = std::numeric_limits<float>::quiet_NaN();
    EXPECT_THAT(problem(NiftiFile().put<float>(84, nan).bytes), HasSubstr("spacing"));
    EXPECT_THAT(problem(NiftiFile().put<float>(108, 12).bytes), HasSubstr("start at byte 12"));
    EXPECT_THAT(problem(NiftiFile().put<float>(108, nan).bytes), HasSubstr("start at byte"));
    EXPECT_THAT(problem(NiftiFile().put<std::int16_t>(254, 1).put<float>(280, nan).bytes),
                HasSubstr("position or direction"));
    EXPECT_EQ(problem(NiftiFile().put<float>(280, nan).bytes), "");
    EXPECT_THAT(problem(NiftiFile().dimensions({32767, 32767, 32767, 32767}).bytes),
                HasSubstr("is cut off"));
}

TEST_F(NiftiTest, NamesDefectsOfCompression) {
    const std::string good = compressed(NiftiFile().bytes);
    EXPECT_THAT(problem(good, "x.nii"), HasSubstr("rename it to .nii.gz"));
    EXPECT_THAT(problem(NiftiFile().bytes, "x.nii.gz"), HasSubstr("rename it to .nii"));
    EXPECT_THAT(problem(good.substr(0, good.size() - 12), "x.nii.gz"), HasSubstr("damaged .gz"));
    EXPECT_THAT(problem(good.substr(0, 15), "x.nii.gz"), HasSubstr("damaged .gz"));
    std::string wrong_checksum = good;
    wrong_checksum[wrong_checksum.size() - 6] ^= 1;
    EXPECT_THAT(problem(wrong_checksum, "x.nii.gz"), HasSubstr("damaged .gz"));
    EXPECT_THAT(problem(compressed(NiftiFile().bytes.substr(0, 400)), "x.nii.gz"),
                HasSubstr("is cut off (400 bytes"));
}

TEST_F(NiftiTest, FilesThatAreNoneAreErrors) {
    EXPECT_THROW(static_cast<void>(check_nifti(folder / "missing.nii")), core::InputError);
    fs::create_directories(folder / "folder.nii");
    EXPECT_THROW(static_cast<void>(check_nifti(folder / "folder.nii")), core::InputError);
}

TEST_F(NiftiTest, RandomHeadersNeverCrash) {
    core::RandomStream random(11);
    for (int round = 0; round < 2000; ++round) {
        std::string bytes = NiftiFile(random.chance(0.5)).bytes;
        for (std::uint64_t changes = 1 + random.below(6); changes > 0; --changes) {
            bytes[random.below(352)] = static_cast<char>(random.below(256));
        }
        bytes.resize(random.below(700));
        static_cast<void>(problem(bytes));
    }
}

TEST(NiftiName, KnowsItsEndings) {
    EXPECT_TRUE(is_nifti_name("a.nii"));
    EXPECT_TRUE(is_nifti_name("A.NII.GZ"));
    EXPECT_FALSE(is_nifti_name("a.nii.txt"));
    EXPECT_FALSE(is_nifti_name("nii"));
}

TEST(NiftiReference, HeadersOfTheFixtures) {
    const fs::path folder = fs::path(MSUNET_SHARED_DIR) / "reference" / "fixtures" / "inputs";
    if (!fs::exists(folder)) GTEST_SKIP() << "no reference files in " << folder;
    const NiftiHeader noddi = check_nifti(folder / "data" / "c_rs02_1_noddi_data.nii");
    EXPECT_EQ(noddi.data_type_name, "int16");
    EXPECT_GT(noddi.frames, 7U);
    const NiftiHeader mask = check_nifti(folder / "masks" / "c_rs02_1_noddi_mask.nii");
    EXPECT_EQ(mask.size, noddi.size);
}

}  // namespace
}  // namespace msunet::io

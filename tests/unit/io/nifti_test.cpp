// SPDX-License-Identifier: Apache-2.0
#include "msunet/io/nifti_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <string>

#include "msunet/core/error.hpp"
#include "msunet/core/file.hpp"
#include "msunet/core/hash.hpp"
#include "msunet/core/random.hpp"
#include "msunet/io/other_formats.hpp"
#include "support/nifti_bytes.hpp"
#include "support/reference.hpp"

namespace msunet::io {
namespace {

namespace fs = std::filesystem;
using test::gzipped;
using test::NiftiBytes;
using testing::ElementsAre;
using testing::HasSubstr;

class NiftiTest : public testing::Test {
protected:
    fs::path folder = fs::path(testing::TempDir()) / ("nifti_" + core::unique_suffix());

    void SetUp() override { fs::create_directories(folder); }
    void TearDown() override { fs::remove_all(folder); }

    [[nodiscard]] NiftiFile open(const std::string& bytes,
                                 const std::string& name = "x.nii") const {
        core::write_file_atomically(folder / name, bytes, core::Durability::buffered);
        return NiftiFile(folder / name);
    }

    [[nodiscard]] NiftiHeader check(const std::string& bytes,
                                    const std::string& name = "x.nii") const {
        return open(bytes, name).header();
    }

    [[nodiscard]] NiftiFrame read(const std::string& bytes, std::int64_t frame = 0,
                                  Extent extent = Extent::whole,
                                  const std::string& name = "x.nii") const {
        return open(bytes, name).read(frame, extent);
    }

    [[nodiscard]] std::string problem(const std::string& bytes,
                                      const std::string& name = "x.nii") const {
        try {
            static_cast<void>(read(bytes, 7, Extent::whole, name));
        } catch (const core::InputError& error) {
            EXPECT_EQ(error.problems().size(), 1U);
            EXPECT_THAT(error.what(), HasSubstr((folder / name).string()));
            return error.what();
        }
        return "";
    }
};

TEST_F(NiftiTest, ReadsBothByteOrders) {
    for (const bool swapped : {false, true}) {
        const NiftiHeader header = check(NiftiBytes(swapped).bytes);
        EXPECT_EQ(header.big_endian, swapped);
        EXPECT_EQ(header.size, (std::array<std::size_t, 3>{5, 4, 3}));
        EXPECT_EQ(header.frames, 1U);
        EXPECT_EQ(header.geometry.size, header.size);
        EXPECT_EQ(header.geometry.spacing, (std::array<double, 3>{0.5, 0.5, 0.5}));
        EXPECT_EQ(name_of(header.type), "float32");
        EXPECT_EQ(header.data_offset, 352U);
        EXPECT_EQ(header.data_bytes(), 240U);
        EXPECT_EQ(header.voxels_per_frame(), 60U);
    }
}

TEST_F(NiftiTest, ReadsFramesAndDropsEmptyDimensions) {
    NiftiBytes file;
    file.dimensions({5, 4, 3, 9});
    file.bytes.resize(352 + 240 * 9);
    EXPECT_EQ(check(file.bytes).frames, 9U);
    EXPECT_EQ(check(NiftiBytes().dimensions({5, 4, 3, 1, 1}).bytes).frames, 1U);
    EXPECT_EQ(check(file.dimensions({5, 4, 3, 1, 9}).bytes).frames, 9U);
    EXPECT_EQ(check(file.dimensions({5, 4, 3, 9, 1}).bytes).frames, 9U);
}

TEST_F(NiftiTest, ConvertsUnitsAndTakesZeroSpacingForOne) {
    NiftiBytes file;
    file.put<std::uint8_t>(123, 3 | 8).put<float>(80, 80.0F).put<float>(84, 0.0F);
    file.put<float>(88, -250.0F);
    const NiftiHeader header = check(file.bytes);
    EXPECT_DOUBLE_EQ(header.geometry.spacing[0], 0.08);
    EXPECT_DOUBLE_EQ(header.geometry.spacing[1], 0.001);
    EXPECT_DOUBLE_EQ(header.geometry.spacing[2], 0.25);
}

TEST_F(NiftiTest, WhatOnlyAViewerCaresAboutIsARemark) {
    constexpr float nan = std::numeric_limits<float>::quiet_NaN();
    const auto remarks = [&](const NiftiBytes& file) { return check(file.bytes).remarks; };
    /// An sform with axes of these lengths.
    const auto with_sform = [](float length) {
        NiftiBytes file;
        file.put<std::int16_t>(254, 2);
        for (std::size_t axis = 0; axis < 3; ++axis) file.put(280 + 20 * axis, length);
        return file;
    };
    EXPECT_THAT(remarks(NiftiBytes().put<float>(280, nan)), testing::IsEmpty());
    EXPECT_THAT(remarks(with_sform(0.5F)), testing::IsEmpty());
    EXPECT_THAT(remarks(with_sform(0.5F).put(84, 0.0F)),
                ElementsAre("pixdim[2] is 0, the length of the sform's axis, 0.5, is the spacing"));
    EXPECT_THAT(remarks(NiftiBytes().put(84, nan)),
                ElementsAre("pixdim[2] is nan, the spacing is taken for 1"));
    EXPECT_THAT(remarks(NiftiBytes().put(80, -0.5F)),
                ElementsAre("pixdim[1] is -0.5, its absolute value is the spacing"));
    EXPECT_THAT(
        remarks(with_sform(5)),
        ElementsAre("the axes of the sform (code 2) are 5 x 5 x 5 long, but pixdim is 0.5 x "
                    "0.5 x 0.5: pixdim is the spacing"));
    EXPECT_THAT(remarks(with_sform(0.5F).put(284, 5e-4F)),
                ElementsAre("the axes of the sform (code 2) are not at right angles (89.9427 "
                            "degrees between x and y), only size and spacing are used"));
    EXPECT_THAT(remarks(NiftiBytes().put<std::int16_t>(252, 1).put(256, nan)),
                ElementsAre("qform (code 1) holds a value that is no number, it is left out"));
    EXPECT_THAT(remarks(NiftiBytes().put<std::uint8_t>(123, 1)),
                ElementsAre("xyzt_units says metres, the spacing is 500 x 500 x 500 mm"));
    // Of 10 micrometres, mirrored.
    NiftiBytes small = with_sform(0.01F);
    small.put(280, -0.01F);
    for (std::size_t axis = 0; axis < 3; ++axis) small.put(80 + 4 * axis, 0.01F);
    EXPECT_THAT(remarks(small), testing::IsEmpty());
    const core::Volume geometry = check(small.bytes).geometry;
    EXPECT_NEAR(geometry.spacing[0], 0.01, 1e-9);
    EXPECT_EQ(geometry.direction, (std::array<double, 9>{1, 0, 0, 0, -1, 0, 0, 0, 1}));
}

TEST_F(NiftiTest, ThePlaceIsInTheUnitOfTheSpacing) {
    for (const auto& [unit, millimetres] : {std::pair{1, 1e3}, {2, 1.0}, {3, 1e-3}}) {
        NiftiBytes file;
        file.put(123, static_cast<std::uint8_t>(unit)).put<std::int16_t>(254, 1);
        for (std::size_t axis = 0; axis < 3; ++axis) file.put(280 + 20 * axis, 0.5F);
        file.put(292, 4.0F).put(308, -2.0F).put(324, 8.0F);
        const core::Volume geometry = check(file.bytes).geometry;
        EXPECT_EQ(geometry.spacing[0], 0.5 * millimetres);
        EXPECT_EQ(geometry.origin,
                  (std::array<double, 3>{-4 * millimetres, 2 * millimetres, 8 * millimetres}));
    }
}

TEST_F(NiftiTest, ReadsBothVersionsAlike) {
    for (const bool swapped : {false, true}) {
        const NiftiHeader header = check(test::nifti2_bytes(swapped).bytes);
        EXPECT_EQ(header.big_endian, swapped);
        EXPECT_EQ(header.geometry.spacing, (std::array<double, 3>{0.5, 0.5, 0.5}));
        EXPECT_EQ(header.data_offset, 544U);
        NiftiBytes file = test::nifti2_bytes(swapped);
        file.put(544 + 4, 2.5F).put(112, 0.08).put<std::int32_t>(500, 2).put(176, 2.0);
        for (const bool packed : {false, true}) {
            const NiftiFrame frame = read(packed ? gzipped(file.bytes) : file.bytes, 0,
                                          Extent::whole, packed ? "x.nii.gz" : "x.nii");
            EXPECT_EQ(frame.volume.voxels[1], 5.0F);
            EXPECT_EQ(frame.volume.spacing[0], double{0.08F});
            EXPECT_EQ(frame.head, file.bytes.substr(0, 544));
        }
    }
}

TEST_F(NiftiTest, TakesOneFrameAndHashesAllBytes) {
    NiftiBytes file;
    file.dimensions({2, 2, 1, 3}).type(4, 16);
    file.bytes.resize(352 + 3 * 4 * 2);
    for (std::int16_t i = 0; i < 12; ++i) file.put(352 + 2 * static_cast<std::size_t>(i), i);
    file.bytes += "bytes after the voxels";
    for (const bool packed : {false, true}) {
        const std::string bytes = packed ? gzipped(file.bytes) : file.bytes;
        const std::string name = packed ? "x.nii.gz" : "x.nii";
        for (const Extent extent : {Extent::whole, Extent::frame}) {
            const NiftiFrame second = read(bytes, 1, extent, name);
            EXPECT_THAT(second.volume.voxels, ElementsAre(4, 5, 6, 7));
            EXPECT_EQ(second.hash, extent == Extent::whole ? core::hash_text(bytes) : "");
            // Where there are fewer frames the last is taken.
            EXPECT_THAT(read(bytes, 7, extent, name).volume.voxels, ElementsAre(8, 9, 10, 11));
        }
        std::vector<std::vector<float>> frames;
        open(bytes, name).each_frame([&](const core::Volume& frame) {
            frames.push_back(frame.voxels);
        });
        EXPECT_THAT(frames, ElementsAre(ElementsAre(0, 1, 2, 3), ElementsAre(4, 5, 6, 7),
                                        ElementsAre(8, 9, 10, 11)));
    }
}

TEST_F(NiftiTest, ReadsGzipMembersOneAfterAnotherAndIgnoresWhatFollows) {
    const std::string bytes = NiftiBytes().put<float>(352, 3.5F).bytes;
    for (const char* tail : {"", "garbage"}) {
        const std::string packed =
            gzipped(bytes.substr(0, 400)) + gzipped(bytes.substr(400)) + tail;
        const NiftiFrame frame = read(packed, 0, Extent::whole, "x.nii.gz");
        EXPECT_EQ(frame.volume.voxels.front(), 3.5F);
        EXPECT_EQ(frame.volume.voxels.size(), 60U);
        EXPECT_EQ(frame.hash, core::hash_text(packed));
    }
}

TEST_F(NiftiTest, ReadsMoreThanAPiece) {
    NiftiBytes file;
    file.dimensions({300, 300, 7});
    file.bytes.resize(352 + 300 * 300 * 7 * 4);
    core::RandomStream random(5);
    std::vector<float> voxels;
    for (std::size_t i = 0; i < 300 * 300 * 7; ++i) {
        voxels.push_back(static_cast<float>(random.uniform()));
        file.put(352 + 4 * i, voxels.back());
    }
    EXPECT_EQ(read(file.bytes).volume.voxels, voxels);
    EXPECT_EQ(read(gzipped(file.bytes), 0, Extent::frame, "x.nii.gz").volume.voxels, voxels);
}

TEST_F(NiftiTest, CountsNumbersThatAreNotFiniteInTheFrame) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    for (const bool swapped : {false, true}) {
        NiftiBytes file(swapped);
        file.dimensions({2, 1, 1, 2}).type(64, 64);
        file.bytes.resize(352 + 4 * 8);
        file.put(352, infinity).put(352 + 16, std::nan("")).put(352 + 24, -infinity);
        EXPECT_EQ(read(file.bytes, 0).not_finite, 1U);
        EXPECT_EQ(read(file.bytes, 1).not_finite, 2U);
    }
}

TEST_F(NiftiTest, NamesEachDefect) {
    const std::string good = NiftiBytes().bytes;
    EXPECT_THAT(problem(""), HasSubstr("is empty (0 bytes)"));
    EXPECT_THAT(problem(good.substr(0, 100)), HasSubstr("too short for a NIfTI header (100 bytes"));
    EXPECT_THAT(problem(good.substr(0, 500)),
                HasSubstr("is cut off (500 bytes of the 592 that its header promises)"));
    EXPECT_THAT(problem(std::string(1000, 'x')), HasSubstr("is no NIfTI file (the header's size"));
    EXPECT_THAT(problem(NiftiBytes().put<std::int32_t>(0, 540).bytes), HasSubstr("its magic is"));
    EXPECT_THAT(problem(test::nifti2_bytes().bytes.substr(0, 400)),
                HasSubstr("too short for a NIfTI header (400 bytes of 540)"));
    EXPECT_THAT(problem(test::nifti2_bytes().put<std::int64_t>(24, 1LL << 40).bytes),
                HasSubstr("is cut off"));
    EXPECT_THAT(problem(test::nifti2_bytes()
                            .put<std::int64_t>(24, 1LL << 53)
                            .put<std::int64_t>(32, 1LL << 53)
                            .bytes),
                HasSubstr("no file holds that"));
    EXPECT_THAT(problem(test::nifti2_bytes().put<std::int64_t>(168, 543).bytes),
                HasSubstr("start at byte 543 (544 or more"));
    EXPECT_THAT(problem(NiftiBytes().put(344, 'x').bytes), HasSubstr("its magic is 'x+1'"));
    EXPECT_THAT(problem(NiftiBytes().put<std::int32_t>(344, 0).bytes),
                HasSubstr("is an Analyze file (its header has no magic), convert it to one .nii"));
    NiftiBytes pair;
    std::memcpy(pair.bytes.data() + 344, "ni1", 4);
    EXPECT_THAT(problem(pair.bytes), HasSubstr("one half of a NIfTI pair"));
    EXPECT_THAT(problem(NiftiBytes().put<std::int16_t>(40, 0).bytes), HasSubstr("0 dimensions"));
    EXPECT_THAT(problem(NiftiBytes().put<std::int16_t>(40, 8).bytes), HasSubstr("8 dimensions"));
    EXPECT_THAT(problem(NiftiBytes().dimensions({5, -4, 3}).bytes), HasSubstr("5 x -4 x 3"));
    EXPECT_THAT(problem(NiftiBytes().dimensions({5, 4}).bytes), HasSubstr("has 2 dimensions"));
    EXPECT_THAT(problem(NiftiBytes().dimensions({5, 4, 3, 2, 2}).bytes),
                HasSubstr("has 5 dimensions"));
    EXPECT_THAT(problem(NiftiBytes().put<std::int16_t>(70, 77).bytes),
                HasSubstr("unknown data type (code 77)"));
    EXPECT_THAT(problem(NiftiBytes().put<std::int16_t>(70, 128).bytes), HasSubstr("RGB"));
    EXPECT_THAT(problem(NiftiBytes().put<std::int16_t>(72, 16).bytes),
                HasSubstr("16 bits instead of 32"));
    constexpr float nan = std::numeric_limits<float>::quiet_NaN();
    EXPECT_THAT(problem(NiftiBytes().put<float>(108, 12).bytes), HasSubstr("start at byte 12"));
    EXPECT_THAT(problem(NiftiBytes().put<float>(108, nan).bytes), HasSubstr("start at byte"));
    EXPECT_THAT(problem(NiftiBytes().dimensions({32767, 32767, 32767, 32767}).bytes),
                HasSubstr("is cut off"));
}

TEST_F(NiftiTest, NamesDefectsOfCompression) {
    const std::string good = gzipped(NiftiBytes().bytes);
    EXPECT_THAT(problem(good, "x.nii"), HasSubstr("rename it to .nii.gz"));
    EXPECT_THAT(problem(NiftiBytes().bytes, "x.nii.gz"), HasSubstr("rename it to .nii"));
    EXPECT_THAT(problem(good.substr(0, good.size() - 12), "x.nii.gz"), HasSubstr("damaged .gz"));
    EXPECT_THAT(problem(good.substr(0, 15), "x.nii.gz"), HasSubstr("damaged .gz"));
    std::string wrong_checksum = good;
    wrong_checksum[wrong_checksum.size() - 6] ^= 1;
    EXPECT_THAT(problem(wrong_checksum, "x.nii.gz"), HasSubstr("damaged .gz"));
    EXPECT_THAT(problem(gzipped(NiftiBytes().bytes.substr(0, 400)), "x.nii.gz"),
                HasSubstr("is cut off (400 bytes"));
}

TEST_F(NiftiTest, FilesThatAreNoneAreErrors) {
    EXPECT_THROW(NiftiFile(folder / "missing.nii"), core::InputError);
    fs::create_directories(folder / "folder.nii");
    EXPECT_THROW(NiftiFile(folder / "folder.nii"), core::InputError);
}

TEST_F(NiftiTest, RandomHeadersNeverCrash) {
    core::RandomStream random(11);
    for (int round = 0; round < 2000; ++round) {
        std::string bytes = NiftiBytes(random.chance(0.5)).bytes;
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

TEST(OtherFormats, NameAToolThatConverts) {
    EXPECT_THAT(*conversion_advice(std::string_view("m1/A.IMG")),
                HasSubstr("'m1/A.IMG' is an Analyze file or one half of a NIfTI pair, convert"));
    const std::vector<std::string> study{"notes.txt", "5/acqp", "5/pdata/1/2dseq"};
    EXPECT_THAT(*conversion_advice(study), HasSubstr("Bruker"));
    EXPECT_THAT(*conversion_advice(study), HasSubstr("brkraw"));
    EXPECT_THAT(*conversion_advice(std::string_view("pdata/")), HasSubstr("Bruker"));
    EXPECT_FALSE(conversion_advice(std::string_view("method.txt")));
    EXPECT_FALSE(conversion_advice(std::string_view("")));
}

TEST(NiftiReference, HeadersOfTheFixtures) {
    const fs::path folder = test::reference("scans");
    const auto noddi = NiftiFile(folder / "data" / "c_rs02_1_noddi_data.nii.gz").header();
    EXPECT_EQ(name_of(noddi.type), "int16");
    EXPECT_GT(noddi.frames, 7U);
    const auto mask = NiftiFile(folder / "masks" / "c_rs02_1_noddi_mask.nii.gz").header();
    EXPECT_EQ(mask.size, noddi.size);
}

}  // namespace
}  // namespace msunet::io

// SPDX-License-Identifier: Apache-2.0
// Voxels and geometry of io::NiftiFile beside those of ITK's reader, over random headers.
#include <gtest/gtest.h>
#include <itkImageFileReader.h>
#include <itkNiftiImageIO.h>
#include <itkVersion.h>

#include <cmath>
#include <optional>

#include "imaging/itk_image.hpp"
#include "msunet/core/error.hpp"
#include "msunet/core/file.hpp"
#include "msunet/core/random.hpp"
#include "support/nifti_bytes.hpp"
#include "support/read_volume.hpp"

namespace msunet::imaging {
namespace {

namespace fs = std::filesystem;
using msunet::test::NiftiBytes;

std::optional<core::Volume> read_by_itk(const fs::path& file) {
    auto reader = itk::ImageFileReader<FloatImage>::New();
    reader->SetImageIO(itk::NiftiImageIO::New());
    reader->SetFileName(file.string());
    try {
        reader->Update();
    } catch (const itk::ExceptionObject&) {
        return std::nullopt;
    }
    return volume_of(*reader->GetOutput());
}

std::optional<core::Volume> read_by_us(const fs::path& file) {
    try {
        return msunet::test::read_volume(file);
    } catch (const core::InputError&) {
        return std::nullopt;
    }
}

/// As read by ITK 5.2, Debian 12's; 5.4 has our rules: origins are in the header's unit of length,
/// and an sform's axes may have other lengths than pixdim says.
constexpr bool is_older_itk = ITK_VERSION_MAJOR == 5 && ITK_VERSION_MINOR < 4;

struct Stored {
    int code;
    int bits;
};

constexpr std::array types{Stored{2, 8},     Stored{4, 16},   Stored{8, 32},   Stored{16, 32},
                           Stored{64, 64},   Stored{256, 8},  Stored{512, 16}, Stored{768, 32},
                           Stored{1024, 64}, Stored{1280, 64}};

class NiftiAgainstItk : public ::testing::Test {
protected:
    void SetUp() override { fs::create_directories(folder_); }
    void TearDown() override { fs::remove_all(folder_); }

    float uniform(double low, double high) {
        return static_cast<float>(random_.uniform(low, high));
    }

    /// Random numbers in every byte order and type; floats are finite.
    NiftiBytes voxels(const Stored& type) {
        NiftiBytes file(random_.chance(0.3));
        file.type(type.code, type.bits);
        const std::size_t bytes = static_cast<std::size_t>(type.bits) / 8;
        file.bytes.resize(352 + 60 * bytes);
        for (std::size_t i = 0; i < 60; ++i) {
            const std::size_t at = 352 + i * bytes;
            if (type.code == 16) {
                file.put(at, uniform(-1e4, 1e4));
            } else if (type.code == 64) {
                file.put(at, random_.uniform(-1e4, 1e4));
            } else {
                for (std::size_t b = 0; b < bytes; ++b) {
                    file.bytes[at + b] = static_cast<char>(random_.below(256));
                }
            }
        }
        if (random_.chance(0.5)) file.put(112, uniform(-2, 3)).put(116, uniform(-50, 50));
        if (random_.chance(0.1)) file.put(112, 0.0F).put(116, 4.5F);
        if (random_.chance(0.1)) file.put(112, 1.0F).put(116, 0.0F);
        return file;
    }

    void put_qform(NiftiBytes& file, float length) {
        file.put<std::int16_t>(252, static_cast<std::int16_t>(1 + random_.below(4)));
        for (std::size_t i = 0; i < 3; ++i) {
            file.put(256 + 4 * i, length * uniform(-1, 1));
            file.put(268 + 4 * i, uniform(-20, 20));
        }
    }

    /// A rotation by the same formula as a quaternion's, or with `shear` no rotation any more.
    void put_sform(NiftiBytes& file, const std::array<float, 3>& spacing, double shear) {
        file.put<std::int16_t>(254, static_cast<std::int16_t>(1 + random_.below(4)));
        const double turn = random_.uniform(-3, 3);
        const std::array<std::array<double, 3>, 3> rotation{{
            {std::cos(turn), -std::sin(turn), shear},
            {std::sin(turn), std::cos(turn), 0},
            {0, 0, random_.chance(0.5) ? 1.0 : -1.0},
        }};
        for (std::size_t row = 0; row < 3; ++row) {
            for (std::size_t axis = 0; axis < 3; ++axis) {
                file.put(280 + 16 * row + 4 * axis,
                         static_cast<float>(rotation[row][axis] * spacing[axis]));
            }
            file.put(280 + 16 * row + 12, uniform(-20, 20));
        }
    }

    core::RandomStream random_{7};
    fs::path folder_ = fs::path(::testing::TempDir()) / ("itk_" + core::unique_suffix());
};

TEST_F(NiftiAgainstItk, VoxelsAreEqualToTheBit) {
    for (int round = 0; round < 200; ++round) {
        const Stored& type = types[random_.below(types.size())];
        const std::string bytes = voxels(type).bytes;
        const fs::path file = folder_ / (round % 2 == 0 ? "a.nii" : "b.nii.gz");
        core::write_file_atomically(file, round % 2 == 0 ? bytes : msunet::test::gzipped(bytes),
                                    core::Durability::buffered);
        const auto theirs = read_by_itk(file);
        const auto ours = read_by_us(file);
        ASSERT_TRUE(theirs && ours) << type.code;
        ASSERT_EQ(ours->voxels, theirs->voxels) << "type " << type.code;
    }
}

TEST_F(NiftiAgainstItk, GeometryIsEqual) {
    int read = 0;
    for (int round = 0; round < 1000; ++round) {
        NiftiBytes file(random_.chance(0.3));
        std::array<float, 3> spacing{};
        bool is_positive = true;
        for (std::size_t axis = 0; axis < 3; ++axis) {
            spacing[axis] = uniform(0.03, 1.5);
            const float sign = random_.chance(0.1) ? -1.0F : 1.0F;
            is_positive &= sign > 0;
            file.put(80 + 4 * axis, sign * spacing[axis]);
        }
        file.put(76, random_.chance(0.5) ? -1.0F : 1.0F);
        const auto unit = random_.below(4);
        file.put(123, static_cast<std::uint8_t>(unit));
        if (random_.chance(0.6)) put_qform(file, random_.chance(0.2) ? 2.0F : 0.5F);
        const bool has_sform = random_.chance(0.6);
        if (has_sform) put_sform(file, spacing, random_.chance(0.2) ? 1e-2 : 0);
        if (is_older_itk && has_sform && !is_positive) continue;
        core::write_file_atomically(folder_ / "a.nii", file.bytes, core::Durability::buffered);
        auto theirs = read_by_itk(folder_ / "a.nii");
        const auto ours = read_by_us(folder_ / "a.nii");
        ASSERT_TRUE(ours) << round;
        constexpr std::array millimetres{1.0, 1e3, 1.0, 1e-3};
        for (std::size_t i = 0; theirs && is_older_itk && i < 3; ++i) {
            theirs->origin[i] *= millimetres[unit];
        }
        // ITK refuses what has no orthogonal form; ours then has no place.
        if (!theirs) {
            EXPECT_EQ(ours->origin, (std::array<double, 3>{})) << round;
            continue;
        }
        ++read;
        EXPECT_EQ(ours->size, theirs->size);
        EXPECT_EQ(ours->spacing, theirs->spacing) << round;
        EXPECT_EQ(ours->origin, theirs->origin) << round;
        for (std::size_t i = 0; i < 9; ++i) {
            EXPECT_EQ(ours->direction[i], theirs->direction[i]) << round << ", " << i;
        }
    }
    EXPECT_GT(read, 500);
}

}  // namespace
}  // namespace msunet::imaging

// SPDX-License-Identifier: Apache-2.0
#include "gpu/versions.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <fstream>

#include "msunet/core/file.hpp"

namespace msunet::gpu {
namespace {

TEST(Versions, AreReadFromNvidiasNumbers) {
    EXPECT_EQ(cuda_version_text(13000), "13.0");
    EXPECT_EQ(cuda_version_text(12080), "12.8");
    EXPECT_EQ(library_version_text(22809), "2.28.9");
    EXPECT_EQ(library_version_text(22703), "2.27.3");
    EXPECT_EQ(library_version_text(91002), "9.10.2");
}

TEST(Versions, TheDriversIsThatOfTheKernelModule) {
    const auto file =
        std::filesystem::path(testing::TempDir()) / ("driver_" + core::unique_suffix());
    std::ofstream(file) << "580.65.06\n";
    EXPECT_EQ(driver_version_text(file, 13000), "580.65.06");
    std::filesystem::remove(file);
    EXPECT_EQ(driver_version_text(file, 13000), "for CUDA 13.0");
}

TEST(Versions, UuidsAreThoseOfNvidiaSmi) {
    std::array<char, 16> bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(0x0f + 15 * i);
    EXPECT_EQ(uuid_text(bytes, "NVIDIA H200"), "GPU-0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0");
    EXPECT_EQ(uuid_text(bytes, "NVIDIA H200 MIG 1g.18gb"),
              "MIG-0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0");
}

TEST(Versions, SayWhyNoGpuCanBeUsed) {
    const auto file =
        std::filesystem::path(testing::TempDir()) / ("driver_" + core::unique_suffix());
    std::ofstream(file) << "535.183.01\n";
    EXPECT_EQ(no_gpu_text("driver is insufficient", file, 12020, 13000),
              "no GPU can be used (CUDA says: driver is insufficient); the driver is 535.183.01, "
              "and this program's CUDA 13.0 needs driver 580 or newer");
    std::filesystem::remove(file);
    EXPECT_THAT(no_gpu_text("no device", file, 11080, 12080),
                testing::HasSubstr("the driver is for CUDA 11.8, and this program's CUDA 12.8 "
                                   "needs driver 525 or newer"));
    EXPECT_THAT(no_gpu_text("no device", file, 0, 20000),
                testing::HasSubstr("libcuda.so.1 is not found, and this program's CUDA 20.0 needs "
                                   "the driver that came with it or a newer one"));
}

}  // namespace
}  // namespace msunet::gpu

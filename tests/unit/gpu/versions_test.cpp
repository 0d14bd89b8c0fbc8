// SPDX-License-Identifier: Apache-2.0
#include "gpu/versions.hpp"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace msunet::gpu

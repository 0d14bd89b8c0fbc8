// SPDX-License-Identifier: Apache-2.0
#include "msunet/device/find_accelerator.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "msunet/core/file.hpp"
#include "msunet/core/text.hpp"
#include "msunet/job/libtorch.hpp"

namespace msunet::device {
namespace {

TEST(LoadAccelerator, AChosenLibtorchWithoutCudaIsAProblemAndNoException) {
    namespace fs = std::filesystem;
    const auto root = fs::path(testing::TempDir()) / ("libtorch_" + core::unique_suffix());
    fs::create_directories(root / "dev");
    std::ofstream(root / "dev/nvidiactl") << "x";
    setenv(job::libtorch_variable, root.c_str(), 1);
    std::string problem;
    EXPECT_EQ(load_accelerator(core::Device::automatic, problem, root), nullptr);
    unsetenv(job::libtorch_variable);
    fs::remove_all(root);
    EXPECT_THAT(problem, testing::StartsWith(
                             core::concat("a GPU is here but MSUNET_LIBTORCH_DIR '", root.string(),
                                          "': its libc10_cuda.so can't be loaded (")));
    EXPECT_THAT(problem, testing::EndsWith("), name a libtorch for CUDA"));
}

TEST(DriverIsPresent, UnderWslOnlyWithNvidiasLibrary) {
    namespace fs = std::filesystem;
    const auto root = fs::path(testing::TempDir()) / ("driver_" + core::unique_suffix());
    const auto put = [&](const char* file) {
        fs::create_directories((root / file).parent_path());
        std::ofstream(root / file) << "x";
    };
    EXPECT_FALSE(driver_is_present(root));
    put("dev/dxg");
    EXPECT_FALSE(driver_is_present(root)) << "a GPU of another make";
    put("usr/lib/wsl/lib/libcuda.so.1");
    EXPECT_TRUE(driver_is_present(root));
    fs::remove(root / "dev/dxg");
    EXPECT_FALSE(driver_is_present(root));
    put("dev/nvidiactl");
    EXPECT_TRUE(driver_is_present(root));
    fs::remove_all(root);
}

}  // namespace
}  // namespace msunet::device

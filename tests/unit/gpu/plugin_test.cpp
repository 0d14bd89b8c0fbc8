// SPDX-License-Identifier: Apache-2.0
/// \file
/// The plug-in as the program loads it: all symbols are resolved, and without a GPU there is no
/// accelerator.

#include <dlfcn.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <string>

#include "msunet/train/accelerator.hpp"

namespace msunet {
namespace {

TEST(Plugin, LoadsAndAnswers) {
    const auto file = std::filesystem::path(MSUNET_LIBRARIES) / train::accelerator_library;
    void* library = dlopen(file.c_str(), RTLD_NOW | RTLD_GLOBAL);
    ASSERT_NE(library, nullptr) << dlerror();
    const auto entry =
        reinterpret_cast<train::AcceleratorEntry>(dlsym(library, train::accelerator_symbol));
    ASSERT_NE(entry, nullptr);
    std::string problem;
    train::Accelerator* accelerator = entry(&problem);
    if (!std::filesystem::exists("/dev/nvidiactl")) {
        EXPECT_EQ(accelerator, nullptr);
        EXPECT_THAT(problem, testing::HasSubstr("no GPU can be used (CUDA says: CUDA "));
        EXPECT_THAT(problem, testing::HasSubstr("libcuda.so.1 is not found"));
        EXPECT_THAT(problem, testing::HasSubstr(" or newer"));
    } else if (accelerator != nullptr) {
        const auto devices = accelerator->devices();
        EXPECT_FALSE(devices.empty());
        std::set<std::string> uuids;
        for (const auto& device : devices) {
            EXPECT_FALSE(device.name.empty());
            uuids.insert(device.uuid);
        }
        EXPECT_EQ(uuids.size(), devices.size());
        EXPECT_THAT(uuids, testing::Each(testing::MatchesRegex("(GPU|MIG)-[0-9a-f-]+")));
        EXPECT_EQ(accelerator->versions().nccl.substr(0, 2), "2.");
        EXPECT_FALSE(accelerator->versions().driver.empty());
    }
}

}  // namespace
}  // namespace msunet

// SPDX-License-Identifier: Apache-2.0
// libtorch seeds itself anew in every process: the same numbers in every run of the tests instead.

#include <ATen/Context.h>
#include <gtest/gtest.h>

namespace {

class Seed : public testing::Environment {
public:
    void SetUp() override { at::manual_seed(1); }
};

[[maybe_unused]] const auto* const seed = testing::AddGlobalTestEnvironment(new Seed);

}  // namespace

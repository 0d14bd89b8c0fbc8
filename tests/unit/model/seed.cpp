// SPDX-License-Identifier: Apache-2.0
/// \file
/// Seeds libtorch, which otherwise takes another seed in every process: every run of the tests uses
/// the same numbers.

#include <ATen/Context.h>
#include <gtest/gtest.h>

namespace {

class Seed : public testing::Environment {
public:
    void SetUp() override { at::manual_seed(1); }
};

[[maybe_unused]] const auto* const seed = testing::AddGlobalTestEnvironment(new Seed);

}  // namespace

// SPDX-License-Identifier: Apache-2.0
#include "msunet/model/runtime.hpp"

#include <ATen/ops/empty.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

namespace msunet::model {
namespace {

TEST(Runtime, AFreedTensorLeavesRoomForAnotherOfItsSize) {
    keep_freed_memory();
    constexpr std::int64_t numbers = 4 << 20;
    std::vector<at::Tensor> tensors;
    for (int i = 0; i < 3; ++i) tensors.push_back(at::empty({numbers}));
    const void* hole = tensors[1].const_data_ptr();
    tensors[1].reset();
    EXPECT_EQ(at::empty({numbers}).const_data_ptr(), hole);
}

TEST(Runtime, TensorsBeginAtCacheLines) {
    keep_freed_memory();
    for (std::int64_t numbers = 1; numbers < 5000; numbers += 7) {
        const at::Tensor tensor = at::empty({numbers});
        EXPECT_EQ(reinterpret_cast<std::uintptr_t>(tensor.const_data_ptr()) % 64, 0U);
    }
}

}  // namespace
}  // namespace msunet::model

// SPDX-License-Identifier: Apache-2.0
#include "msunet/model/runtime.hpp"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <gtest/gtest.h>
#include <malloc.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

namespace msunet::model {
namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr bool has_glibc_heap = false;
#else
constexpr bool has_glibc_heap = true;
#endif

TEST(Runtime, AFreedTensorLeavesRoomForAnotherOfItsSize) {
    if (!has_glibc_heap) GTEST_SKIP() << "the sanitizer's heap is another";
    keep_freed_memory();
    constexpr std::int64_t numbers = 4 << 20;
    std::vector<at::Tensor> tensors;
    for (int i = 0; i < 3; ++i) tensors.push_back(at::empty({numbers}));
    const void* hole = tensors[1].const_data_ptr();
    tensors[1].reset();
    EXPECT_EQ(at::empty({numbers}).const_data_ptr(), hole);
}

TEST(Runtime, MoreThanTwoGibibytesStay) {
    if (!has_glibc_heap) GTEST_SKIP() << "the sanitizer's heap is another";
    keep_freed_memory();
    // Never touched, so that it takes no memory. In parts, since one of that size might be mapped.
    constexpr std::int64_t part = std::int64_t{512} << 20;
    std::vector<at::Tensor> tensors;
    for (int i = 0; i < 5; ++i) tensors.push_back(at::empty({part}, at::kByte));
    tensors.clear();
    EXPECT_GT(mallinfo2().keepcost, std::size_t{5 * part});
    release_memory();
    EXPECT_LT(mallinfo2().keepcost, std::size_t{part});
}

TEST(Runtime, TensorsBeginAtCacheLines) {
    keep_freed_memory();
    for (std::int64_t numbers = 1; numbers < 5000; numbers += 7) {
        const at::Tensor tensor = at::empty({numbers});
        EXPECT_EQ(reinterpret_cast<std::uintptr_t>(tensor.const_data_ptr()) % 64, 0U);
    }
}

TEST(Runtime, ALoopIsSharedByAllThreads) {
    const int threads_before = at::get_num_threads();
    set_threads(3);
    std::array<std::atomic<int>, 100> visits{};
    std::mutex mutex;
    std::set<std::thread::id> threads;
    at::parallel_for(0, 100, 1, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i) ++visits[static_cast<std::size_t>(i)];
        const std::lock_guard lock(mutex);
        threads.insert(std::this_thread::get_id());
    });
    set_threads(threads_before);
    EXPECT_EQ(threads.size(), 3U);
    for (const auto& count : visits) EXPECT_EQ(count, 1);
}

}  // namespace
}  // namespace msunet::model

// SPDX-License-Identifier: Apache-2.0
// How much memory a training step takes.

#include <ATen/ops/rand.h>
#include <ATen/ops/randn.h>
#include <c10/core/CPUAllocator.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <limits>
#include <utility>

#include "model/kernels/table.hpp"
#include "msunet/model/network.hpp"
#include "msunet/unet/initializers.hpp"

namespace msunet::model {
namespace {

constexpr std::int64_t keep_all = std::numeric_limits<std::int64_t>::max();

/// Stands in for libtorch's allocator while it lives and counts what it hands out.
class CountingAllocator final : public c10::Allocator {
public:
    CountingAllocator() { c10::SetCPUAllocator(this); }
    ~CountingAllocator() override { c10::SetCPUAllocator(inner_); }

    c10::DataPtr allocate(std::size_t bytes) override {
        c10::DataPtr block = inner_->allocate(bytes);
        now_ += static_cast<std::int64_t>(bytes);
        peak_ = std::max<std::int64_t>(peak_, now_);
        void* data = block.get();
        return {data, new Block{std::move(block), bytes, *this}, &release, c10::DeviceType::CPU};
    }
    void copy_data(void* to, const void* from, std::size_t bytes) const override {
        inner_->copy_data(to, from, bytes);
    }

    [[nodiscard]] std::int64_t now() const { return now_; }
    /// The most so far since `restart`.
    [[nodiscard]] std::int64_t peak() const { return peak_; }
    void restart() { peak_ = now_.load(); }

private:
    struct Block {
        c10::DataPtr inner;
        std::size_t bytes;
        CountingAllocator& from;
    };

    static void release(void* context) {
        auto* block = static_cast<Block*>(context);
        block->from.now_ -= static_cast<std::int64_t>(block->bytes);
        delete block;
    }

    c10::Allocator* inner_ = c10::GetCPUAllocator();
    std::atomic<std::int64_t> now_ = 0, peak_ = 0;
};

/// Bytes that a step takes besides the weights: after its forward pass, and at most.
struct StepMemory {
    double kept, peak;
};

StepMemory step_memory(Precision precision, std::int64_t recompute_above) {
    CountingAllocator memory;
    const auto architecture = unet::published_architecture();
    const auto network =
        make_fused_network({.architecture = architecture,
                            .options = {.precision = precision, .recompute_above = recompute_above},
                            .weights = unet::initial_weights(architecture, 11)});
    const at::Tensor x = at::rand({16, 64, 64}), d = at::randn({16, 64, 64});
    static_cast<void>(network->infer(x.narrow(0, 0, 1)));  // converts what stays
    const std::int64_t before = memory.now();
    memory.restart();
    at::Tensor logits = network->forward(x, {});
    const std::int64_t kept = memory.now() - before;
    logits.reset();
    network->backward(d);
    EXPECT_EQ(memory.now(), before);
    return {static_cast<double>(kept), static_cast<double>(memory.peak() - before)};
}

class NetworkMemory : public testing::TestWithParam<Precision> {};

TEST_P(NetworkMemory, RecomputedInputsTakeNone) {
    // What kernels normalise while they read is never in memory: less is left to be recomputed.
    const bool is_normalised_by_reader =
        GetParam() == Precision::bf16 && kernels::kernels().tile_convolutions != nullptr;
    EXPECT_LT(step_memory(GetParam(), 0).kept,
              (is_normalised_by_reader ? 0.72 : 0.6) * step_memory(GetParam(), keep_all).kept);
}

TEST_P(NetworkMemory, AStepFreesWhatItHasRead) {
    // Kept are the outputs of all convolutions. Beside them there is room for one of the largest, a
    // tenth of them: for a convolution's input, and for its gradient after that.
    const auto [kept, peak] = step_memory(GetParam(), 0);
    EXPECT_LT(peak, 1.17 * kept);
}

TEST(NetworkMemoryInBf16, IsHalfOfThatInFloat32) {
    EXPECT_LT(step_memory(Precision::bf16, 0).kept, 0.53 * step_memory(Precision::float32, 0).kept);
}

INSTANTIATE_TEST_SUITE_P(Precisions, NetworkMemory,
                         testing::Values(Precision::float32, Precision::bf16));

}  // namespace
}  // namespace msunet::model

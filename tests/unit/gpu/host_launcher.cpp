// SPDX-License-Identifier: Apache-2.0
#include "unit/gpu/host_launcher.hpp"

#include <bit>
#include <cmath>
#include <functional>
#include <map>
#include <stdexcept>
#include <string_view>
#include <type_traits>
#include <utility>

#include "gpu/kernel_parameters.hpp"
#include "msunet/core/philox.hpp"
#include "unit/gpu/host_block.hpp"

// What kernels.cuh uses of CUDA. Blocks run one after the other, so that a block's shared memory
// may be static.
// NOLINTBEGIN(bugprone-reserved-identifier)
namespace {

struct Dimensions {
    unsigned x = 0, y = 0;
};
Dimensions blockIdx, blockDim, threadIdx, gridDim;

float __uint_as_float(unsigned bits) { return std::bit_cast<float>(bits); }
unsigned __float_as_uint(float x) { return std::bit_cast<unsigned>(x); }

void __threadfence() {}
void __syncthreads() {
    const Dimensions mine = threadIdx;
    msunet::test::wait_for_block();
    threadIdx = mine;
}
unsigned atomicInc(unsigned* counter, unsigned most) {
    const unsigned old = *counter;
    *counter = old >= most ? 0 : old + 1;
    return old;
}

}  // namespace

#define __device__
#define __shared__ static
// NOLINTEND(bugprone-reserved-identifier)
#define KERNEL(blocks) inline void
#define UNROLLED
#define FORGET_READS

// Values of a pixel are read only if it exists, which GCC can't see.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

#define ELEMENT float
namespace as_float {
#include "gpu/kernels.cuh"
}
#undef ELEMENT
#define ELEMENT double
namespace as_double {
#include "gpu/kernels.cuh"
}
#undef ELEMENT
#define ELEMENT Bf16
namespace as_bf16 {
#include "gpu/kernels.cuh"
}

namespace msunet::test {
namespace {

/// A kernel, and whether threads of a block wait for each other.
struct Kernel {
    void (*call)(const void* parameters);
    bool waits;
};
using Kernels = std::map<std::string_view, Kernel>;

template <class Parameters>
constexpr bool sums_by_channel = requires(Parameters p) {
    p.scratch;
};

template <class Parameters, class... Waiting>
constexpr bool is_one_of = (std::is_same_v<Parameters, Waiting> || ...);
/// Whether threads of a block wait for each other.
template <class Parameters>
constexpr bool has_barrier =
    sums_by_channel<Parameters> || is_one_of<Parameters, gpu::WidenKernel, gpu::NarrowKernel,
                                             gpu::LastConvolution, gpu::LastInput>;

template <auto kernel, class Parameters>
Kernels::value_type entry() {
    return {Parameters::name,
            {[](const void* parameters) { kernel(*static_cast<const Parameters*>(parameters)); },
             has_barrier<Parameters>}};
}

#define CHECK_NAME(kernel, Parameters) \
    static_assert(std::string_view(gpu::Parameters::name) == #kernel);
MSUNET_FOR_EACH_KERNEL(CHECK_NAME)

#define ENTRY_OF_FLOAT(kernel, Parameters) entry<as_float::kernel, gpu::Parameters>(),
#define ENTRY_OF_DOUBLE(kernel, Parameters) entry<as_double::kernel, gpu::Parameters>(),
#define ENTRY_OF_BF16(kernel, Parameters) entry<as_bf16::kernel, gpu::Parameters>(),

Kernels kernels_for(at::ScalarType element) {
    switch (element) {
        case at::kFloat:
            return {MSUNET_FOR_EACH_KERNEL(ENTRY_OF_FLOAT)};
        case at::kDouble:
            return {MSUNET_FOR_EACH_KERNEL(ENTRY_OF_DOUBLE)};
        case at::kBFloat16:
            return {MSUNET_FOR_EACH_KERNEL(ENTRY_OF_BF16)};
        default:
            throw std::invalid_argument("no kernels for this type");
    }
}

class HostLauncher final : public gpu::KernelLauncher {
public:
    HostLauncher(Kernels kernels, BlockOrder order, LaunchObserver observer)
        : kernels_(std::move(kernels)), order_(order), observer_(std::move(observer)) {}

private:
    void start(const char* name, void* parameters, const gpu::Grid& grid) const override {
        if (observer_) observer_(name, parameters);
        const auto [call, waits] = kernels_.at(name);
        blockDim.x = gpu::block_size;
        gridDim = {static_cast<unsigned>(grid.x), static_cast<unsigned>(grid.y)};
        const unsigned blocks = gridDim.x * gridDim.y;
        for (unsigned i = 0; i < blocks; ++i) {
            const unsigned number = order_ == BlockOrder::forwards ? i : blocks - 1 - i;
            blockIdx = {number % gridDim.x, number / gridDim.x};
            const std::function<void(int)> thread = [&](int t) {
                threadIdx.x = static_cast<unsigned>(t);
                call(parameters);
            };
            if (waits) {
                run_block(gpu::block_size, thread);
            } else {
                for (int t = 0; t < gpu::block_size; ++t) thread(t);
            }
        }
    }

    Kernels kernels_;
    BlockOrder order_;
    LaunchObserver observer_;
};

}  // namespace

std::shared_ptr<const gpu::KernelLauncher> host_launcher(at::ScalarType element, BlockOrder order,
                                                         LaunchObserver observer) {
    return std::make_shared<HostLauncher>(kernels_for(element), order, std::move(observer));
}

}  // namespace msunet::test

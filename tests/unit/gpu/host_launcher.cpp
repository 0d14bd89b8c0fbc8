// SPDX-License-Identifier: Apache-2.0
#include "unit/gpu/host_launcher.hpp"

#include <bit>
#include <cmath>
#include <map>
#include <stdexcept>
#include <string_view>

#include "gpu/kernel_parameters.hpp"
#include "msunet/core/philox.hpp"

// What kernels.cuh uses of CUDA.
// NOLINTBEGIN(bugprone-reserved-identifier)
namespace {

struct Dimensions {
    unsigned x = 0;
};
Dimensions blockIdx, blockDim, threadIdx, gridDim;

float __uint_as_float(unsigned bits) { return std::bit_cast<float>(bits); }
unsigned __float_as_uint(float x) { return std::bit_cast<unsigned>(x); }

}  // namespace

#define __device__
// NOLINTEND(bugprone-reserved-identifier)
#define KERNEL inline void

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

using Kernel = void (*)(const void* parameters);
using Kernels = std::map<std::string_view, Kernel>;

template <auto kernel, class Parameters>
void call(const void* parameters) {
    kernel(*static_cast<const Parameters*>(parameters));
}

#define ALL_KERNELS(as)                                                                         \
    Kernels {                                                                                   \
        {gpu::CutBatch::name, call<as::cut_batch, gpu::CutBatch>},                              \
            {gpu::DropoutMask::name, call<as::dropout_mask, gpu::DropoutMask>},                 \
            {gpu::ReluSums::name, call<as::relu_sums, gpu::ReluSums>},                          \
            {gpu::PrepareNorm::name, call<as::prepare_norm, gpu::PrepareNorm>},                 \
            {gpu::NormForward::name, call<as::norm_forward, gpu::NormForward>},                 \
            {gpu::NormPoolForward::name, call<as::norm_pool_forward, gpu::NormPoolForward>},    \
            {gpu::NormBackwardSums::name, call<as::norm_backward_sums, gpu::NormBackwardSums>}, \
            {gpu::PrepareNormBackward::name,                                                    \
             call<as::prepare_norm_backward, gpu::PrepareNormBackward>},                        \
            {gpu::NormBackward::name, call<as::norm_backward, gpu::NormBackward>},              \
    }

class HostLauncher final : public gpu::KernelLauncher {
public:
    explicit HostLauncher(Kernels kernels) : kernels_(std::move(kernels)) {}

private:
    void start(const char* name, void* parameters, long long threads) const override {
        const Kernel kernel = kernels_.at(name);
        blockDim.x = 256;
        gridDim.x = static_cast<unsigned>((threads + blockDim.x - 1) / blockDim.x);
        for (blockIdx.x = 0; blockIdx.x < gridDim.x; ++blockIdx.x) {
            for (threadIdx.x = 0; threadIdx.x < blockDim.x; ++threadIdx.x) kernel(parameters);
        }
    }

    Kernels kernels_;
};

}  // namespace

std::shared_ptr<const gpu::KernelLauncher> host_launcher(at::ScalarType element) {
    switch (element) {
        case at::kFloat:
            return std::make_shared<HostLauncher>(ALL_KERNELS(as_float));
        case at::kDouble:
            return std::make_shared<HostLauncher>(ALL_KERNELS(as_double));
        case at::kBFloat16:
            return std::make_shared<HostLauncher>(ALL_KERNELS(as_bf16));
        default:
            throw std::invalid_argument("no kernels for this type");
    }
}

}  // namespace msunet::test

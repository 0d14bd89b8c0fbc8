// SPDX-License-Identifier: Apache-2.0
/// \file
/// What the plug-in provides, and the C function through which the program gets it.

#include "msunet/train/accelerator.hpp"

#include <ATen/Context.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAFunctions.h>
#include <c10/cuda/CUDAStream.h>
#include <cudaTypedefs.h>
#include <nccl.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gpu/batches.hpp"
#include "gpu/check.hpp"
#include "gpu/cuda_engine.hpp"
#include "gpu/cuda_fused_ops.hpp"
#include "gpu/kernel_library.hpp"
#include "gpu/nccl_reducer.hpp"
#include "gpu/versions.hpp"
#include "msunet/model/network.hpp"

namespace msunet::gpu {
namespace {

constexpr const char* driver_file = "/sys/module/nvidia/version";

cudaDeviceProp properties_of(int device) {
    cudaDeviceProp properties{};
    check(cudaGetDeviceProperties(&properties, device), "reading the device's properties");
    return properties;
}

/// Of a GPU, or of the MIG instance that this process uses. The driver's function of CUDA 11.4
/// tells instances apart; the runtime's property is not said to.
CUuuid uuid_of(int device, const cudaDeviceProp& properties) {
    constexpr unsigned int since = 11040;
    void* function = nullptr;
    auto found = cudaDriverEntryPointSymbolNotFound;
    const auto result = cudaGetDriverEntryPointByVersion("cuDeviceGetUuid", &function, since,
                                                         cudaEnableDefault, &found);
    CUuuid uuid{};
    if (result == cudaSuccess && found == cudaDriverEntryPointSuccess &&
        reinterpret_cast<PFN_cuDeviceGetUuid_v11040>(function)(&uuid, device) == CUDA_SUCCESS) {
        return uuid;
    }
    (void)cudaGetLastError();
    return properties.uuid;
}

class CudaAccelerator final : public train::Accelerator {
public:
    explicit CudaAccelerator(int devices) : devices_(devices) {}

    [[nodiscard]] std::vector<core::Gpu> devices() const override {
        std::vector<core::Gpu> devices;
        for (int device = 0; device < devices_; ++device) {
            const auto properties = properties_of(device);
            devices.push_back(
                {uuid_text(uuid_of(device, properties).bytes, properties.name), properties.name});
        }
        return devices;
    }

    [[nodiscard]] train::AcceleratorVersions versions() const override {
        int runtime = 0, supported = 0, nccl = 0;
        check(cudaRuntimeGetVersion(&runtime), "reading its version");
        check(cudaDriverGetVersion(&supported),
              "reading the CUDA version that the driver supports");
        ncclGetVersion(&nccl);
        return {.cuda = cuda_version_text(runtime),
                .cudnn = library_version_text(at::detail::getCUDAHooks().versionCuDNN()),
                .nccl = library_version_text(nccl),
                .driver = driver_version_text(driver_file, supported)};
    }

    void select(int device) override {
        // cuBLAS is deterministic only with a workspace of this kind. It reads the variable at its
        // start.
        setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8", 0);
        // A waiting thread sleeps, so that preprocessing and other ranks can use its core.
        check(cudaInitDevice(device, cudaDeviceScheduleBlockingSync, cudaInitDeviceFlagsAreValid),
              "starting the device");
        c10::cuda::set_device(static_cast<c10::DeviceIndex>(device));
        at::globalContext().lazyInitDevice(at::kCUDA);
        // The default stream can't be captured: all work of this thread goes to another one.
        c10::cuda::setCurrentCUDAStream(c10::cuda::getStreamFromPool(false));
    }

    [[nodiscard]] std::int64_t free_memory() const override {
        return static_cast<std::int64_t>(free_bytes());
    }

    void release_memory() override {
        // Where they are not on the GPU, too: whether they fit is asked again.
        if (slices_.use_count() <= 1) {
            slices_.reset();
            hash_.reset();
        }
        c10::cuda::CUDACachingAllocator::emptyCache();
    }

    [[nodiscard]] std::unique_ptr<comm::AllReducer> make_reducer(
        const comm::Communicator& group) override {
        return std::make_unique<NcclAllReducer>(group);
    }

    [[nodiscard]] train::EngineFactory engine_factory() override {
        return [this](const train::EngineSpec& spec) {
            return make_cuda_engine(spec, kernels(spec.precision), slices(spec.dataset));
        };
    }

    [[nodiscard]] std::unique_ptr<model::Network> inference_network(
        const unet::Architecture& architecture, std::span<const core::NamedArray> weights,
        model::Precision precision) override {
        set_arithmetic(precision, true);
        const at::Device device(at::kCUDA, c10::cuda::current_device());
        return model::make_inference_network(
            {.architecture = architecture,
             .options = {.precision = precision, .device = device},
             .weights = weights,
             // Without dropout nothing reads the step.
             .fused_ops = make_cuda_fused_ops(kernels(precision), device, at::Tensor())});
    }

private:
    std::shared_ptr<const KernelLibrary> kernels(model::Precision precision) {
        auto& library = kernels_[precision];
        if (library == nullptr) library = std::make_shared<const KernelLibrary>(precision);
        return library;
    }

    static std::size_t free_bytes() {
        std::size_t free = 0, total = 0;
        check(cudaMemGetInfo(&free, &total), "reading the free memory");
        return free;
    }

    /// The slices, which the trials of a sweep share. Null if they would take more than half of the
    /// free memory: the network needs the rest.
    std::shared_ptr<const DeviceSlices> slices(const data::Dataset& dataset) {
        if (dataset.hash() != hash_) {
            slices_.reset();
            if (dataset.bytes() <= free_bytes() / 2) {
                slices_ = upload(dataset, {at::kCUDA, c10::cuda::current_device()});
            }
            hash_ = dataset.hash();
        }
        return slices_;
    }

    int devices_;
    std::map<model::Precision, std::shared_ptr<const KernelLibrary>> kernels_;
    std::optional<std::string> hash_;
    std::shared_ptr<const DeviceSlices> slices_;
};

/// Why the first call of CUDA has this result. Clears CUDA's last error.
std::string why_no_gpu(cudaError_t result) {
    int supported = 0;
    if (cudaDriverGetVersion(&supported) != cudaSuccess) supported = 0;
    (void)cudaGetLastError();
    return no_gpu_text(cudaGetErrorString(result), driver_file, supported, CUDART_VERSION);
}

}  // namespace
}  // namespace msunet::gpu

extern "C" msunet::train::Accelerator* msunet_gpu_accelerator_v10(std::string* problem) {
    int devices = 0;
    auto result = cudaGetDeviceCount(&devices);
    if (result == cudaSuccess && devices == 0) result = cudaErrorNoDevice;
    if (result != cudaSuccess) {
        *problem = msunet::gpu::why_no_gpu(result);
        return nullptr;
    }
    // Never destroyed: at the end of the process CUDA would be gone first.
    static auto* const accelerator = new msunet::gpu::CudaAccelerator(devices);
    return accelerator;
}

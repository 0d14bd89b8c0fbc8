// SPDX-License-Identifier: Apache-2.0
// What the plug-in offers, and the C function that the program asks for it.

#include "msunet/train/accelerator.hpp"

#include <ATen/Context.h>
#include <c10/cuda/CUDAFunctions.h>
#include <c10/cuda/CUDAStream.h>
#include <nccl.h>

#include <array>
#include <cstdlib>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "gpu/batches.hpp"
#include "gpu/check.hpp"
#include "gpu/cuda_engine.hpp"
#include "gpu/kernel_library.hpp"
#include "gpu/nccl_reducer.hpp"

namespace msunet::gpu {
namespace {

/// CUDA's version numbers: 13010 is 13.1.
std::string cuda_text(int version) {
    return std::to_string(version / 1000) + "." + std::to_string(version % 1000 / 10);
}

/// NCCL's: 22809 is 2.28.9.
std::string nccl_text(int version) {
    return std::to_string(version / 10000) + "." + std::to_string(version % 10000 / 100) + "." +
           std::to_string(version % 100);
}

class CudaAccelerator final : public train::Accelerator {
public:
    explicit CudaAccelerator(int devices) : devices_(devices) {}

    [[nodiscard]] std::vector<std::string> devices() const override {
        std::vector<std::string> names;
        for (int device = 0; device < devices_; ++device) {
            cudaDeviceProp properties{};
            check(cudaGetDeviceProperties(&properties, device), "asking for the device's name");
            names.emplace_back(properties.name);
        }
        return names;
    }

    [[nodiscard]] std::string versions() const override {
        int runtime = 0, driver = 0, nccl = 0;
        check(cudaRuntimeGetVersion(&runtime), "asking for its version");
        check(cudaDriverGetVersion(&driver), "asking for the driver's version");
        ncclGetVersion(&nccl);
        return "CUDA " + cuda_text(runtime) + ", NCCL " + nccl_text(nccl) + ", driver for CUDA " +
               cuda_text(driver);
    }

    [[nodiscard]] std::vector<std::string> bus_ids() const override {
        std::vector<std::string> ids;
        for (int device = 0; device < devices_; ++device) {
            std::array<char, 32> id{};
            check(cudaDeviceGetPCIBusId(id.data(), static_cast<int>(id.size()), device),
                  "cudaDeviceGetPCIBusId");
            ids.emplace_back(id.data());
        }
        return ids;
    }

    void select(int device) override {
        // cuBLAS repeats itself bit for bit with this workspace alone; it reads it when it starts.
        setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8", 0);
        // A waiting thread sleeps: its core belongs to preprocessing and to other ranks.
        check(cudaInitDevice(device, cudaDeviceScheduleBlockingSync, cudaInitDeviceFlagsAreValid),
              "starting the device");
        c10::cuda::set_device(static_cast<c10::DeviceIndex>(device));
        at::globalContext().lazyInitDevice(at::kCUDA);
        // The default stream can't be captured. All work of this thread goes to one other.
        c10::cuda::setCurrentCUDAStream(c10::cuda::getStreamFromPool(false));
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

private:
    std::shared_ptr<const KernelLibrary> kernels(model::Precision precision) {
        auto& library = kernels_[precision];
        if (library == nullptr) library = std::make_shared<const KernelLibrary>(precision);
        return library;
    }

    /// The trials of a sweep share their slices. Null where these would take more than half of the
    /// memory that is free: the network needs the rest.
    std::shared_ptr<const DeviceSlices> slices(const data::Dataset& dataset) {
        if (dataset.hash() != hash_) {
            slices_.reset();
            std::size_t free = 0, total = 0;
            check(cudaMemGetInfo(&free, &total), "asking for free memory");
            if (dataset.bytes() <= free / 2) {
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

}  // namespace
}  // namespace msunet::gpu

extern "C" msunet::train::Accelerator* msunet_gpu_accelerator_v4() {
    int devices = 0;
    if (cudaGetDeviceCount(&devices) != cudaSuccess || devices == 0) return nullptr;
    // Never destroyed: at the end of the process CUDA is gone before this would be.
    static auto* const accelerator = new msunet::gpu::CudaAccelerator(devices);
    return accelerator;
}

// SPDX-License-Identifier: Apache-2.0
#include "gpu/cuda_engine.hpp"

#include <ATen/Context.h>
#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAFunctions.h>
#include <c10/cuda/CUDAStream.h>
#include <cuda_runtime_api.h>

#include <exception>
#include <functional>
#include <string>
#include <utility>

#include "gpu/device_engine.hpp"
#include "gpu/step_graphs.hpp"
#include "msunet/core/failure_text.hpp"

namespace msunet::gpu {
namespace {

at::Device current_device() { return {at::kCUDA, c10::cuda::current_device()}; }

class CudaEngine final : public DeviceEngine {
public:
    CudaEngine(const train::EngineSpec& spec, std::shared_ptr<const KernelLauncher> kernels,
               std::shared_ptr<const DeviceSlices> slices)
        : DeviceEngine(spec, std::move(kernels), std::move(slices), current_device(),
                       c10::cuda::getCurrentCUDAStream().stream()),
          pool_(at::cuda::graph_pool_handle()) {}

    [[nodiscard]] std::int64_t peak_memory() const override {
        using c10::CachingAllocator::StatType;
        return c10::cuda::CUDACachingAllocator::getDeviceStats(c10::cuda::current_device())
            .reserved_bytes[static_cast<std::size_t>(StatType::AGGREGATE)]
            .peak;
    }

private:
    /// Runs the part by its graph if there is one. A rank that has failed takes part in the
    /// reductions only; they match those in the other ranks' graphs.
    void run(const Shape& shape, std::int64_t status, const std::function<void()>& part) override {
        if (!failure().empty()) return part();
        graphs_.run(
            shape, part, [&] { return capture(part); },
            [&] {
                clear_failure();
                begin(status);
            });
    }

    /// Captures a step without running it.
    Capture<at::cuda::CUDAGraph> capture(const std::function<void()>& step) {
        // The graph has memory of its own; what the first step left in the cache is not reused.
        c10::cuda::CUDACachingAllocator::emptyCache();
        Capture<at::cuda::CUDAGraph> captured{std::make_unique<at::cuda::CUDAGraph>()};
        captured.ended = false;
        auto& problem = captured.problem;
        try {
            captured.graph->capture_begin(pool_, cudaStreamCaptureModeThreadLocal);
            try {
                step();
                problem = failure();
            } catch (const std::exception& error) {
                problem = core::failure_text(error);
            }
            captured.graph->capture_end();
            captured.ended = true;
        } catch (const std::exception& error) {
            if (problem.empty()) problem = core::failure_text(error);
        }
        if (!problem.empty()) discard(captured);
        return captured;
    }

    /// Destroys a graph that could not be captured, and returns its memory to the device.
    static void discard(Capture<at::cuda::CUDAGraph>& failed) {
        (void)cudaGetLastError();
        // If ending the capture failed too, the graph is leaked: libtorch's allocator may still
        // refer to it. Otherwise it must be destroyed: destroying NCCL's communicator waits for
        // graphs that contain its operations.
        if (!failed.ended) {
            (void)failed.graph.release();
            return;
        }
        failed.graph.reset();
        c10::cuda::CUDACachingAllocator::emptyCache();
    }

    at::cuda::MempoolId_t pool_;
    inline static CaptureState capture_state_{};
    StepGraphs<Shape, at::cuda::CUDAGraph> graphs_{capture_state_};
};

}  // namespace

void set_arithmetic(model::Precision precision, bool deterministic) {
    at::Context& context = at::globalContext();
    context.setDeterministicCuDNN(deterministic);
    // Measuring can choose different algorithms in every run.
    context.setBenchmarkCuDNN(!deterministic);
    context.setFloat32Precision(at::Float32Backend::CUDA, at::Float32Op::CONV,
                                precision == model::Precision::tf32 ? at::Float32Precision::TF32
                                                                    : at::Float32Precision::IEEE);
}

std::unique_ptr<train::StepEngine> make_cuda_engine(const train::EngineSpec& spec,
                                                    std::shared_ptr<const KernelLauncher> kernels,
                                                    std::shared_ptr<const DeviceSlices> slices) {
    // Returns the last trial's memory to the device, which other ranks may share.
    c10::cuda::CUDACachingAllocator::emptyCache();
    c10::cuda::CUDACachingAllocator::resetPeakStats(c10::cuda::current_device());
    set_arithmetic(spec.precision, spec.deterministic);
    return std::make_unique<CudaEngine>(spec, std::move(kernels), std::move(slices));
}

}  // namespace msunet::gpu

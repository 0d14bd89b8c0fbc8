// SPDX-License-Identifier: Apache-2.0
#include "gpu/cuda_engine.hpp"

#include <ATen/Context.h>
#include <ATen/cuda/CUDAGraph.h>
#include <ATen/ops/zeros.h>
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAFunctions.h>
#include <c10/cuda/CUDAStream.h>
#include <cuda_runtime_api.h>

#include <exception>
#include <functional>
#include <string>
#include <utility>

#include "gpu/cuda_fused_ops.hpp"
#include "gpu/step_graphs.hpp"
#include "msunet/core/failure_text.hpp"
#include "msunet/core/fault.hpp"
#include "msunet/train/network_engine.hpp"

namespace msunet::gpu {
namespace {

using train::BatchPart;
using train::StepOutcome;

at::Device current_device() { return {at::kCUDA, c10::cuda::current_device()}; }

class CudaEngine final : public train::NetworkEngine {
public:
    /// `step` (1) int32 on the device: the number of the current step.
    CudaEngine(const train::EngineSpec& spec, std::shared_ptr<const KernelLauncher> kernels,
               std::shared_ptr<const DeviceSlices> slices, at::Tensor step)
        : NetworkEngine(spec, current_device(),
                        make_cuda_fused_ops(kernels, current_device(), step),
                        c10::cuda::getCurrentCUDAStream().stream()),
          step_(std::move(step)),
          batches_(spec, std::move(kernels), std::move(slices), current_device()),
          pool_(at::cuda::graph_pool_handle()) {}

    StepOutcome train(const BatchPart& part, std::int64_t step, double lr,
                      std::int64_t status) override {
        begin(status);
        guarded([&] {
            core::fault_point("train.step");
            batches_.choose_training(part);
            step_.fill_(step);
            optimizer().prepare(lr);
        });
        run(shape_of(part, true), status, [&] {
            guarded([&] { differentiate(cut_chosen(part.samples.size()), part, step); });
            reduce_gradients();
            collectives().sum_last(sums());
            // If a rank has failed, the trial ends and these weights are discarded.
            guarded([&] { optimizer().apply(); });
        });
        return outcome();
    }

    StepOutcome evaluate(const BatchPart& part, std::int64_t status) override {
        begin(status);
        guarded([&] { batches_.choose(part.samples); });
        run(shape_of(part, false), status, [&] {
            guarded([&] {
                if (!part.samples.empty()) score(cut_chosen(part.samples.size()), part);
            });
            collectives().sum_last(sums());
        });
        return outcome();
    }

    [[nodiscard]] std::int64_t peak_memory() const override {
        using c10::CachingAllocator::StatType;
        return c10::cuda::CUDACachingAllocator::getDeviceStats(c10::cuda::current_device())
            .reserved_bytes[static_cast<std::size_t>(StatType::AGGREGATE)]
            .peak;
    }

private:
    /// What is fixed in a captured step.
    struct Shape {
        bool training;
        std::int64_t samples, first, global;
        auto operator<=>(const Shape&) const = default;
    };

    static Shape shape_of(const BatchPart& part, bool training) {
        return {training, static_cast<std::int64_t>(part.samples.size()), part.first, part.global};
    }

    Batch cut(std::span<const std::uint32_t> samples) override {
        batches_.choose(samples);
        return cut_chosen(samples.size());
    }

    Batch cut_chosen(std::size_t samples) {
        const auto count = static_cast<std::int64_t>(samples);
        batches_.cut(count);
        const auto type = master().dtype();
        return {batches_.x(count).to(type), batches_.y(count).to(type),
                batches_.weights(count).to(type)};
    }

    /// Runs the device's part of a step, by its graph if there is one. A rank that has failed takes
    /// part in the reductions only; they match those in the other ranks' graphs.
    void run(const Shape& shape, std::int64_t status, const std::function<void()>& step) {
        if (!failure().empty()) return step();
        graphs_.run(
            shape, step, [&] { return capture(step); },
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

    at::Tensor step_;
    Batches batches_;
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
    return std::make_unique<CudaEngine>(
        spec, std::move(kernels), std::move(slices),
        at::zeros({1}, at::TensorOptions(current_device()).dtype(at::kInt)));
}

}  // namespace msunet::gpu

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <utility>

#include "gpu/batches.hpp"
#include "gpu/cuda_fused_ops.hpp"
#include "msunet/train/network_engine.hpp"
#include "unit/gpu/host_launcher.hpp"

namespace msunet::test {

inline at::ScalarType element_of(model::Precision precision) {
    if (precision == model::Precision::float64) return at::kDouble;
    return precision == model::Precision::bf16 ? at::kBFloat16 : at::kFloat;
}

/// The GPU's engine without a GPU.
class HostEngine final : public train::NetworkEngine {
public:
    /// Calls the part of a training step that a GPU captures as a graph.
    using Around = std::function<void(const std::function<void()>& part)>;

    HostEngine(
        const train::EngineSpec& spec, std::shared_ptr<const gpu::KernelLauncher> launcher,
        at::Tensor step, Around around = [](const auto& part) { part(); })
        : NetworkEngine(spec, at::kCPU, gpu::make_cuda_fused_ops(launcher, at::kCPU, step),
                        nullptr),
          step_(std::move(step)),
          batches_(spec, std::move(launcher), gpu::upload(spec.dataset, at::kCPU), at::kCPU),
          around_(std::move(around)) {}

    train::StepOutcome train(const train::BatchPart& part, std::int64_t step, double lr,
                             std::int64_t status) override {
        begin(status);
        guarded([&] {
            batches_.choose_training(part);
            step_.fill_(step);
            optimizer().prepare(lr);
        });
        around_([&] {
            guarded([&] { differentiate(cut_chosen(part.samples.size()), part, step); });
            reduce_gradients();
            collectives().sum_last(sums());
            guarded([&] { optimizer().apply(); });
        });
        return outcome();
    }

    train::StepOutcome evaluate(const train::BatchPart& part, std::int64_t status) override {
        begin(status);
        guarded([&] { score(cut(part.samples), part); });
        return outcome();
    }

    [[nodiscard]] std::int64_t peak_memory() const override { return 0; }

private:
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

    at::Tensor step_;
    gpu::Batches batches_;
    Around around_;
};

}  // namespace msunet::test

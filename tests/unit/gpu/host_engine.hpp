// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

#include "gpu/batches.hpp"
#include "gpu/device_engine.hpp"
#include "unit/gpu/host_launcher.hpp"

namespace msunet::test {

inline at::ScalarType element_of(model::Precision precision) {
    if (precision == model::Precision::float64) return at::kDouble;
    return precision == model::Precision::bf16 ? at::kBFloat16 : at::kFloat;
}

/// The steps of the GPU's engine without a GPU.
class HostEngine final : public gpu::DeviceEngine {
public:
    /// Calls the part of a step that a GPU captures as a graph.
    using Around = std::function<void(const std::function<void()>& part)>;

    HostEngine(
        const train::EngineSpec& spec, std::shared_ptr<const gpu::KernelLauncher> launcher,
        Around around = [](const auto& part) { part(); })
        : DeviceEngine(spec, std::move(launcher), gpu::upload(spec.dataset, at::kCPU), at::kCPU,
                       nullptr),
          around_(std::move(around)) {}

    [[nodiscard]] std::int64_t peak_memory() const override { return 0; }

private:
    void run(const Shape& /*shape*/, std::int64_t /*status*/,
             const std::function<void()>& part) override {
        around_(part);
    }

    Around around_;
};

}  // namespace msunet::test

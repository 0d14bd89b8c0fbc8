// SPDX-License-Identifier: Apache-2.0
/// \file
/// What the GPU plug-in provides. The program loads the plug-in at run time where there is a GPU,
/// so that a run on the CPU neither needs nor loads CUDA.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "msunet/comm/all_reducer.hpp"
#include "msunet/comm/communicator.hpp"
#include "msunet/core/gpu.hpp"
#include "msunet/core/named_array.hpp"
#include "msunet/model/precision.hpp"
#include "msunet/train/step_engine.hpp"
#include "msunet/unet/architecture.hpp"

namespace msunet::model {
class Network;
}

namespace msunet::train {

/// Versions of the libraries and of the driver, as text.
struct AcceleratorVersions {
    std::string cuda, cudnn, nccl, driver;
};

/// The GPUs that are visible to this process. One object per process, which outlives its engines
/// and reducers.
class Accelerator {
public:
    virtual ~Accelerator() = default;

    /// The visible GPUs, by device number. Ranks of a node may see different ones, and find out by
    /// the UUIDs which are the same. Each call asks the driver.
    [[nodiscard]] virtual std::vector<core::Gpu> devices() const = 0;
    /// For environment.json.
    [[nodiscard]] virtual AcceleratorVersions versions() const = 0;
    /// Chooses the device of this process. Call it once, before making engines and reducers.
    virtual void select(int device) = 0;
    /// Bytes that are free on the chosen device.
    [[nodiscard]] virtual std::int64_t free_memory() const = 0;
    /// Returns to the device what this process keeps for later engines.
    virtual void release_memory() = 0;
    /// Collective over the group: all-reduce by NCCL on the chosen device.
    [[nodiscard]] virtual std::unique_ptr<comm::AllReducer> make_reducer(
        const comm::Communicator& group) = 0;
    /// Engines on the chosen device.
    [[nodiscard]] virtual EngineFactory engine_factory() = 0;
    /// A network on the chosen device that only infers, with deterministic arithmetic. `weights`:
    /// all tensors in the architecture's order. What it returns lies on the device.
    [[nodiscard]] virtual std::unique_ptr<model::Network> inference_network(
        const unet::Architecture& architecture, std::span<const core::NamedArray> weights,
        model::Precision precision) = 0;
};

/// The plug-in's C function: the accelerator, or null where no GPU can be used, with the reason in
/// `*problem`.
using AcceleratorEntry = Accelerator* (*)(std::string* problem);

/// The plug-in's file and the function's name. The number in it increases with every release that
/// changes this interface, StepEngine, model::Network, model::FusedOps or comm::AllReducer.
inline constexpr const char* accelerator_library = "libmsunet_gpu.so";
inline constexpr const char* accelerator_symbol = "msunet_gpu_accelerator_v10";

}  // namespace msunet::train

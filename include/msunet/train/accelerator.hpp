// SPDX-License-Identifier: Apache-2.0
/// \file
/// What the GPU plug-in offers. The program loads the plug-in at run time, where there is a GPU, so
/// that a run on the CPU neither needs nor loads CUDA.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "msunet/comm/all_reducer.hpp"
#include "msunet/comm/communicator.hpp"
#include "msunet/train/step_engine.hpp"

namespace msunet::train {

/// The GPUs that this process sees. One object a process, alive as long as its engines and
/// reducers.
class Accelerator {
public:
    virtual ~Accelerator() = default;

    /// Names of the visible GPUs, by device number.
    [[nodiscard]] virtual std::vector<std::string> devices() const = 0;
    /// PCI addresses of them ("0000:3b:00.0"), by device number. Ranks of a node that see one GPU
    /// each (Slurm can bind so) compare them to find out whether it is the same one.
    [[nodiscard]] virtual std::vector<std::string> bus_ids() const = 0;
    /// Versions of CUDA, NCCL and the driver, for the start table and environment.json.
    [[nodiscard]] virtual std::string versions() const = 0;
    /// Chooses the device of this process. Call once, before engines and reducers are made.
    virtual void select(int device) = 0;
    /// Collective over the group: NCCL on the chosen device, its id broadcast over MPI.
    [[nodiscard]] virtual std::unique_ptr<comm::AllReducer> make_reducer(
        const comm::Communicator& group) = 0;
    /// Engines on the chosen device.
    [[nodiscard]] virtual EngineFactory engine_factory() = 0;
};

/// File of the plug-in and its C function that returns the accelerator; null where no GPU answers.
/// The number in the name changes with this header and with StepEngine.
inline constexpr const char* accelerator_library = "libmsunet_gpu.so";
inline constexpr const char* accelerator_symbol = "msunet_gpu_accelerator_v4";

}  // namespace msunet::train

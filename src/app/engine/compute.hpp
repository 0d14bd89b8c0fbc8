// SPDX-License-Identifier: Apache-2.0
/// \file
/// What this rank computes with: CPU or GPU, its group, its reducer.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "../settings.hpp"
#include "msunet/comm/all_reducer.hpp"
#include "msunet/comm/node_topology.hpp"
#include "msunet/core/named_enum.hpp"
#include "msunet/model/precision.hpp"
#include "msunet/sweep/placement.hpp"
#include "msunet/train/accelerator.hpp"

namespace msunet::app {

/// Loads the GPU plug-in where there is a GPU. `use` then makes group and reducer.
class Compute {
public:
    /// Collective over the topology's ranks. Throws core::UsageError for a precision that the
    /// device lacks, and what find_accelerator throws.
    Compute(const TrainSettings& settings, const comm::NodeTopology& topology);
    /// The same with this accelerator, which must outlive it; null: the CPU.
    Compute(const TrainSettings& settings, const comm::NodeTopology& topology,
            train::Accelerator* accelerator);

    bool on_gpu() const { return !devices_.empty(); }
    /// GPUs that this rank sees, in its own numbering.
    const std::vector<sweep::Device>& visible_devices() const { return devices_; }
    /// Name of the first GPU, or "CPU".
    std::string device_name() const;
    model::Precision precision() const { return precision_; }
    std::string precision_name() const { return std::string(core::name_of(precision_)); }
    /// Of CUDA, NCCL and the driver; nothing on the CPU.
    std::optional<train::AcceleratorVersions> accelerator_versions() const;
    /// Lines for the start table.
    const std::vector<std::string>& notices() const { return notices_; }

    /// Collective over the world: sets this rank's threads and device, splits off its group and
    /// makes the reducer.
    void use(const sweep::Placement& placement);

    /// The group; meaningful after `use` and on ranks that have one.
    const comm::Communicator& group() const { return *group_; }
    comm::AllReducer* reducer() const { return reducer_.get(); }
    train::EngineFactory engine_factory() const;

private:
    comm::Communicator world_;
    std::vector<std::string> notices_;
    train::Accelerator* accelerator_ = nullptr;  ///< lives in the plug-in
    std::vector<sweep::Device> devices_;
    model::Precision precision_;
    std::optional<comm::Communicator> group_;
    std::unique_ptr<comm::AllReducer> reducer_;
};

}  // namespace msunet::app

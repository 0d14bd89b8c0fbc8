// SPDX-License-Identifier: Apache-2.0
/// \file
/// What this rank computes with: CPU or GPU, its group, its reducer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "msunet/comm/all_reducer.hpp"
#include "msunet/comm/node_topology.hpp"
#include "msunet/core/device.hpp"
#include "msunet/core/gpu.hpp"
#include "msunet/core/named_array.hpp"
#include "msunet/core/named_enum.hpp"
#include "msunet/device/find_accelerator.hpp"
#include "msunet/model/precision.hpp"
#include "msunet/settings/train_settings.hpp"
#include "msunet/sweep/placement.hpp"
#include "msunet/unet/architecture.hpp"

namespace msunet::model {
class Network;
}

namespace msunet::device {

/// What the start says where nodes compute with different processors; nothing where they are equal.
/// Both lists are by node.
[[nodiscard]] std::optional<std::string> mixed_processors(
    const std::vector<std::string>& processors, const std::vector<std::string>& hosts);

/// Loads the GPU plug-in where there is a GPU. `use` then makes group and reducer.
class Compute {
public:
    /// Collective over the topology's ranks. Throws core::UsageError, alike on all ranks, for a
    /// precision that the device lacks and where any rank has a bad value of MSUNET_CPU_KERNELS,
    /// and what find_accelerator throws.
    Compute(const settings::TrainSettings& settings, const comm::NodeTopology& topology);
    /// The same with the accelerator of this source, which must outlive it.
    Compute(const settings::TrainSettings& settings, const comm::NodeTopology& topology,
            const AcceleratorSource& source);
    /// The same with these options. `precision`: nullopt: model::default_precision.
    Compute(core::Device device, std::optional<model::Precision> precision,
            const comm::NodeTopology& topology, const AcceleratorSource& source);

    /// The same on all ranks.
    bool on_gpu() const { return found_.accelerator != nullptr; }
    /// GPUs that this rank sees, in its own numbering.
    const std::vector<core::Gpu>& visible_devices() const { return found_.devices; }
    /// Name of this rank's GPU, or of the first that it sees before `use` and where it has none;
    /// "CPU" without GPUs.
    std::string device_name() const;
    model::Precision precision() const { return precision_; }
    std::string precision_name() const { return std::string(core::name_of(precision_)); }
    /// Of CUDA, NCCL and the driver; nothing on the CPU.
    std::optional<train::AcceleratorVersions> accelerator_versions() const;
    /// Of this rank's GPU, after `use`, see train::Accelerator.
    std::int64_t free_memory() const { return found_.accelerator->free_memory(); }
    void release_memory() const { found_.accelerator->release_memory(); }
    /// device::processor of the nodes.
    const std::vector<std::string>& processors() const { return processors_; }
    /// Lines for the start table.
    const std::vector<std::string>& notices() const { return notices_; }

    /// Collective over the world: sets this rank's threads and device, splits off its group and
    /// makes the reducer. May be called again, when nothing uses the reducer any more.
    void use(const sweep::Placement& placement);

    /// The group; meaningful after `use` and on ranks that have one.
    const comm::Communicator& group() const { return *group_; }
    comm::AllReducer* reducer() const { return reducer_.get(); }
    train::EngineFactory engine_factory() const;
    /// A network that only infers, on this rank's device. `weights`: all tensors in the
    /// architecture's order.
    std::unique_ptr<model::Network> inference_network(
        const unet::Architecture& architecture, std::span<const core::NamedArray> weights) const;

private:
    comm::Communicator world_;
    std::vector<std::string> notices_;
    FoundAccelerator found_;  ///< the accelerator lives in the plug-in
    std::size_t chosen_ = 0;  ///< number of the device
    model::Precision precision_;
    std::vector<std::string> processors_;
    std::optional<comm::Communicator> group_;
    std::unique_ptr<comm::AllReducer> reducer_;
};

}  // namespace msunet::device

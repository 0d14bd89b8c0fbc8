// SPDX-License-Identifier: Apache-2.0
/// \file
/// Whether this process trains on a GPU.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "msunet/comm/node_topology.hpp"
#include "msunet/core/device.hpp"
#include "msunet/core/gpu.hpp"
#include "msunet/train/accelerator.hpp"

namespace msunet::device {

/// Whether the files of an NVIDIA driver lie below `root`: /dev/nvidiactl, or under WSL2 both
/// /dev/dxg, which stands for GPUs of any make, and /usr/lib/wsl/lib/libcuda.so.1.
[[nodiscard]] bool driver_is_present(const std::filesystem::path& root = "/");

/// Finds an accelerator for this process alone; null where there is none, with the reason in
/// `problem` if the user should know it. May throw.
using AcceleratorSource =
    std::function<train::Accelerator*(core::Device asked, std::string& problem)>;

/// The plug-in's accelerator if a driver lies below `root`; null and `problem` as from an
/// AcceleratorSource. Must be called before libtorch, whose first call decides whether it has CUDA.
[[nodiscard]] train::Accelerator* load_accelerator(core::Device asked, std::string& problem,
                                                   const std::filesystem::path& root);

/// That of this machine, by load_accelerator.
[[nodiscard]] AcceleratorSource installed_accelerator();

/// What this process computes with.
struct FoundAccelerator {
    train::Accelerator* accelerator = nullptr;  ///< null: the CPU
    std::vector<core::Gpu> devices;             ///< that it shows, by device number; empty: the CPU
};

/// Collective over the topology's ranks: all have GPUs, or none has. With Device::automatic rank 0
/// warns where GPUs are there but no rank can use one; with Device::cpu the source isn't asked.
/// Throws core::UsageError alike on all ranks where some can use a GPU and others can't, and for
/// Device::gpu where any can't; a failure of the source or of its accelerator on one rank counts
/// as having none.
[[nodiscard]] FoundAccelerator find_accelerator(core::Device asked,
                                                const comm::NodeTopology& topology,
                                                const AcceleratorSource& source);

}  // namespace msunet::device

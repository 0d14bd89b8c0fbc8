// SPDX-License-Identifier: Apache-2.0
/// \file
/// Whether this process trains on a GPU.
#pragma once

#include <filesystem>

#include "msunet/comm/communicator.hpp"
#include "msunet/train/accelerator.hpp"
#include "msunet/train/options.hpp"

namespace msunet::app {

/// Whether the files of an NVIDIA driver lie below `root`: /dev/nvidiactl, or under WSL2 both
/// /dev/dxg, which stands for GPUs of any make, and /usr/lib/wsl/lib/libcuda.so.1.
[[nodiscard]] bool driver_is_present(const std::filesystem::path& root = "/");

/// Collective over `world`: the plug-in's accelerator where a driver is present; null: this process
/// computes on the CPU. With Device::automatic rank 0 warns where a driver is present but no GPU
/// can be used; with Device::cpu nothing is loaded. Must be called before libtorch, whose first
/// call decides whether it has CUDA. Throws core::UsageError alike on all ranks for Device::gpu
/// where any of them has no GPU.
[[nodiscard]] train::Accelerator* find_accelerator(train::Device asked,
                                                   const comm::Communicator& world);

}  // namespace msunet::app

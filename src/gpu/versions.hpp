// SPDX-License-Identifier: Apache-2.0
/// \file
/// Version numbers of CUDA, cuDNN, NCCL and the driver, and UUIDs of devices, as text.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace msunet::gpu {

/// 13010 is "13.1".
[[nodiscard]] std::string cuda_version_text(int version);

/// NCCL's and cuDNN's: 22809 is "2.28.9", 91002 is "9.10.2".
[[nodiscard]] std::string library_version_text(std::int64_t version);

/// The NVIDIA driver's version, e.g. "580.65.06", which the kernel module gives in `file`. Where
/// there is no such file, as under WSL: the CUDA version that the driver supports, "for CUDA 13.0".
[[nodiscard]] std::string driver_version_text(const std::filesystem::path& file,
                                              int supported_cuda);

/// A device's UUID as nvidia-smi -L shows it, e.g. "GPU-5a1b2c3d-…"; "MIG-…" if the device's name
/// says that it is a MIG instance ("NVIDIA H200 MIG 1g.18gb").
[[nodiscard]] std::string uuid_text(std::span<const char, 16> bytes, std::string_view name);

/// The least NVIDIA driver for programs that are built with this CUDA, by
/// docs.nvidia.com/deploy/cuda-compatibility; 0 for a CUDA that is newer than this table.
[[nodiscard]] int least_driver(int cuda);

/// Why no GPU can be used: the error of CUDA's first call, the driver, and the least one that the
/// CUDA which we are built with needs. `driver_file` and `supported_cuda`: see driver_version_text;
/// 0: the driver's library was not found.
[[nodiscard]] std::string no_gpu_text(const std::string& error,
                                      const std::filesystem::path& driver_file, int supported_cuda,
                                      int built_with);

}  // namespace msunet::gpu

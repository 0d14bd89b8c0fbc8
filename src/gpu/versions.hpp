// SPDX-License-Identifier: Apache-2.0
/// \file
/// Version numbers of CUDA, NCCL and the driver as text.
#pragma once

#include <filesystem>
#include <string>

namespace msunet::gpu {

/// 13010 is "13.1".
[[nodiscard]] std::string cuda_version_text(int version);

/// 22809 is "2.28.9".
[[nodiscard]] std::string nccl_version_text(int version);

/// The NVIDIA driver's version, e.g. "580.65.06", which the kernel module gives in `file`. Where
/// there is no such file, as under WSL: the CUDA version that the driver supports, "for CUDA 13.0".
[[nodiscard]] std::string driver_version_text(const std::filesystem::path& file,
                                              int supported_cuda);

}  // namespace msunet::gpu

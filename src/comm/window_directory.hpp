// SPDX-License-Identifier: Apache-2.0
/// \file
/// The folder in which Open MPI keeps the memory of shared windows.
#pragma once

#include <cstdint>
#include <filesystem>

namespace msunet::comm {

/// The MCA parameter `osc_sm_backing_directory` if set, else /dev/shm if it exists, else the folder
/// for temporary files.
[[nodiscard]] std::filesystem::path window_directory();

/// Free space there in bytes, for users without privileges; 0 if there is no such folder.
[[nodiscard]] std::uint64_t window_space();

/// If /dev/shm is smaller than 1 GiB (64 MiB in many containers) and the folder for temporary files
/// has more free space, sets `OMPI_MCA_osc_sm_backing_directory` to that folder, unless the user
/// has set it. Has an effect before `MPI_Init` only; `Environment` calls it.
void choose_window_directory();

}  // namespace msunet::comm

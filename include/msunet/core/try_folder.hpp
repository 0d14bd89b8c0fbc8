// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "msunet/core/error.hpp"

namespace msunet::core {

/// Sees that files can be written to this folder, or that it could be made where it is missing, and
/// leaves nothing: a folder of another name and a file in it are made in the nearest folder that
/// exists, and removed again. Throws FileError with this exit code.
void try_folder(const std::filesystem::path& path, ExitCode code);

}  // namespace msunet::core

// SPDX-License-Identifier: Apache-2.0
/// \file
/// Hashes of a file's bytes, appended to the file itself, after the end that HDF5 knows. They are
/// checked before the HDF5 library opens the file, because it crashes on some damaged files.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "msunet/comm/communicator.hpp"

namespace msunet::prepare {

/// Collective over `ranks`: appends the seal to a closed file, each rank hashing its share of
/// blocks, and flushes it to the disk. Throws, alike on all ranks, core::FileError or core::Error.
void seal_file(const std::filesystem::path& file, const std::string& key,
               const comm::Communicator& ranks);

/// Collective over `ranks`: what is wrong with a sealed file (truncated, of another format or key,
/// damaged); nothing if every byte is as it was written.
[[nodiscard]] std::optional<std::string> broken_seal(const std::filesystem::path& file,
                                                     const std::string& key,
                                                     const comm::Communicator& ranks);

}  // namespace msunet::prepare

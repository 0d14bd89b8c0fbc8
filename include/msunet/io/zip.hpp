// SPDX-License-Identifier: Apache-2.0
/// \file
/// Zip archives; the same content gives the same bytes, as all times are fixed.
#pragma once

#include <filesystem>
#include <map>
#include <span>
#include <string>

namespace msunet::io {

/// A member of an archive: its bytes, or the file that holds them.
struct ZipMember {
    std::string name;
    std::string bytes;
    /// If not empty, the content is read from here and `bytes` is ignored.
    std::filesystem::path file{};
};

/// Writes the archive under a temporary name and renames it. Members are deflated, in the given
/// order, dated 1980-01-01. Throws FileError, core::Error.
void write_zip(const std::filesystem::path& path, std::span<const ZipMember> members);

/// All members by name, unpacked in memory, checksums verified. Throws InputError, FileError.
[[nodiscard]] std::map<std::string, std::string> read_zip(const std::filesystem::path& path);

}  // namespace msunet::io

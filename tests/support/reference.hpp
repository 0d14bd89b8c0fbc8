// SPDX-License-Identifier: Apache-2.0
/// \file
/// Files that the reference programs made (tests/reference/README.md), and real scans.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string_view>

namespace msunet::test {

/// A file or folder of tests/reference.
inline std::filesystem::path reference(std::string_view name) {
    return std::filesystem::path(MSUNET_SOURCE_DIR) / "tests" / "reference" / name;
}

/// "start.hdf5" or "initialWeights.h5" as Keras wrote them.
inline std::filesystem::path keras_start_file(std::string_view name) {
    return std::filesystem::path(MSUNET_KERAS_START_DIR) / name;
}

/// The folder that MSUNET_REAL_SCANS names, with the folders data and masks, if it is there.
inline std::optional<std::filesystem::path> real_scans() {
    const char* folder = std::getenv("MSUNET_REAL_SCANS");
    if (folder == nullptr || !std::filesystem::is_directory(folder)) return std::nullopt;
    return folder;
}

}  // namespace msunet::test

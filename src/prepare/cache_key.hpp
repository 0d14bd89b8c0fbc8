// SPDX-License-Identifier: Apache-2.0
/// \file
/// What distinguishes one cached data set from another.
#pragma once

#include <filesystem>
#include <string>

#include "msunet/prepare/prepare.hpp"
#include "prepare/inventory.hpp"

namespace msunet::prepare {

/// The name of a cached data set.
struct DataSetName {
    std::string outline;  ///< of cache_outline
    std::string key;      ///< of cache_key

    /// Its file: "dataset_v<version>_<outline>_<key>.h5".
    [[nodiscard]] std::filesystem::path in(const std::filesystem::path& folder) const;
};

/// `inventory` is complete.
[[nodiscard]] DataSetName name_of(const Request& request, const Inventory& inventory);

/// Whether the folder holds data sets of this outline.
[[nodiscard]] bool holds_outline(const std::filesystem::path& folder, const std::string& outline);
/// Whether a file's name is that of a data set of an older format version.
[[nodiscard]] bool is_of_older_format(const std::string& file_name);
/// Whether the folder holds data sets of older format versions.
[[nodiscard]] bool holds_older_formats(const std::filesystem::path& folder);

/// Hash of all that decides what the data set is: inputs, modalities, options that affect the data
/// (as they take effect), seed, format version.
[[nodiscard]] std::string cache_key(const Request& request, const Inventory& inventory);

/// The same with the sizes of the files in place of their content: known before a file is read.
/// Data sets of equal key have equal outlines.
[[nodiscard]] std::string cache_outline(const Request& request, const Inventory& inventory);

}  // namespace msunet::prepare

// SPDX-License-Identifier: Apache-2.0
/// \file
/// Preprocessed data sets on disk.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "msunet/comm/node_topology.hpp"
#include "prepare/cache_format.hpp"
#include "prepare/slice_store.hpp"

namespace msunet::prepare {

/// A filled store and what it holds.
struct StoredData {
    std::shared_ptr<const SliceStore> store;
    Description description;
};

/// Collective over `nodes.all()`: reads a data set, its bytes verified, each rank a share; nothing
/// where there is none. One that does not verify is named in one warning and not trusted.
/// Throws where memory for the slices is lacking.
[[nodiscard]] std::optional<StoredData> read_cache(const std::filesystem::path& file,
                                                   const std::string& key,
                                                   const comm::NodeTopology& nodes);

/// Collective over `nodes.all()`: writes a data set under a temporary name, seals and renames it.
/// A failure (full disk, missing rights) is a warning: training can go on. True if it was written.
bool write_cache(const std::filesystem::path& file, const std::string& key, const StoredData& data,
                 const comm::NodeTopology& nodes);

/// Warns as write_cache where nothing can be written to the folder of the cache. Leaves nothing.
/// For one rank.
void check_cache(const std::filesystem::path& folder);

/// Marks `file` as used. Deletes the folder's data sets that were not used for 14 days, except for
/// the one used before, those of older formats and the temporary files of interrupted runs. For one
/// rank. Never throws.
void tidy_cache(const std::filesystem::path& file);

}  // namespace msunet::prepare

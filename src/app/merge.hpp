// SPDX-License-Identifier: Apache-2.0
/// \file
/// Joins the shards of a sweep into one experiment.
#pragma once

#include <filesystem>
#include <vector>

#include "msunet/record/sweep_record.hpp"

namespace msunet::app {

/// A shard's folder and what its journal says.
struct ShardRecord {
    std::filesystem::path folder;
    record::SweepRecord record;
};

/// What keeps the shards from being one sweep, each problem naming the shard's folder: a part that
/// is missing, doubled or unfinished, another grid, configuration or data set. Empty: none.
std::vector<std::string> merge_problems(const std::vector<ShardRecord>& shards);

/// Makes the experiment in `folder`, which must not exist or be empty: journal, results and weights
/// of all shards, then the final files. Throws core::UsageError with all of `merge_problems`.
record::SweepRecord merge_shards(const std::filesystem::path& folder,
                                 const std::vector<ShardRecord>& shards);

}  // namespace msunet::app

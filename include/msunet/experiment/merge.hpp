// SPDX-License-Identifier: Apache-2.0
/// \file
/// Joins the shards of a sweep into one experiment.
#pragma once

#include <filesystem>
#include <vector>

#include "msunet/record/sweep_record.hpp"

namespace msunet::experiment {

/// A shard's folder and what its journal says.
struct ShardRecord {
    std::filesystem::path folder;
    record::SweepRecord record;
};

/// Why the shards are not one sweep, each problem with the shard's folder: a part that is missing,
/// given twice or unfinished, another grid, configuration or data set. Empty if they are one.
[[nodiscard]] std::vector<std::string> merge_problems(const std::vector<ShardRecord>& shards);

/// Makes the experiment in `folder`, which must not exist or be empty, with journal, results and
/// weights of all shards. Throws core::UsageError with all of `merge_problems`.
record::SweepRecord merge_shards(const std::filesystem::path& folder,
                                 const std::vector<ShardRecord>& shards);

}  // namespace msunet::experiment

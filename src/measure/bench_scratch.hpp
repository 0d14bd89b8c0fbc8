// SPDX-License-Identifier: Apache-2.0
/// \file
/// Where the scaling suite's benchmarks of files have theirs.
#pragma once

#include <filesystem>

#include "msunet/comm/node_topology.hpp"
#include "msunet/settings/bench_settings.hpp"

namespace msunet::measure {

/// A folder for temporary files, which all ranks see; rank 0 deletes it at the end.
class Scratch {
public:
    /// Collective over the world. Throws alike on all ranks core::UsageError where a rank does not
    /// see the folder.
    Scratch(const settings::BenchOptions& options, const comm::NodeTopology& topology);
    ~Scratch();
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;

    [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

private:
    bool is_root_;
    std::filesystem::path folder_;
};

}  // namespace msunet::measure

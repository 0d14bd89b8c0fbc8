// SPDX-License-Identifier: Apache-2.0
#include "bench_scratch.hpp"

#include <algorithm>
#include <system_error>

#include "msunet/comm/on_root.hpp"
#include "msunet/core/file.hpp"
#include "msunet/core/text.hpp"

namespace msunet::measure {

using core::concat;

namespace fs = std::filesystem;

Scratch::Scratch(const settings::BenchOptions& options, const comm::NodeTopology& topology)
    : is_root_(topology.all().is_root()) {
    const auto& world = topology.all();
    folder_ = comm::on_root(world, [&] {
        const fs::path base = options.scratch              ? fs::path(*options.scratch)
                              : topology.node_count() == 1 ? fs::temp_directory_path()
                                                           : fs::current_path();
        const auto folder = fs::absolute(base) / concat(".msunet_bench_", core::unique_suffix());
        core::make_directories(folder);
        return folder.string();
    });
    std::error_code ignored;
    const bool sees = fs::is_directory(folder_, ignored);
    const auto blind = world.all_gather(sees ? -1 : world.rank());
    const auto found = std::find_if(blind.begin(), blind.end(), [](int rank) { return rank >= 0; });
    if (found == blind.end()) return;
    if (is_root_) fs::remove_all(folder_, ignored);
    const auto node = topology.node_of_rank()[static_cast<std::size_t>(*found)];
    throw core::UsageError(
        {.path = folder_.parent_path(),
         .kind = concat("rank ", *found, " on ", topology.hosts()[static_cast<std::size_t>(node)],
                        " does not see"),
         .problem = "of rank 0",
         .advice = "give --scratch a folder on a file system that all nodes share"});
}

Scratch::~Scratch() {
    std::error_code ignored;
    if (is_root_) fs::remove_all(folder_, ignored);
}

}  // namespace msunet::measure

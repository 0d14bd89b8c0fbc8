// SPDX-License-Identifier: Apache-2.0
#include "msunet/comm/node_topology.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>

namespace msunet::comm {
namespace {

std::string host_name() {
    std::array<char, 256> name{};
    gethostname(name.data(), name.size() - 1);
    return name.data();
}

}  // namespace

NodeTopology::NodeTopology(const Communicator& all) : NodeTopology(all, all.split_shared()) {}

NodeTopology::NodeTopology(const Communicator& all, Communicator node)
    : all_(all), node_(std::move(node)) {
    const auto leader_of_rank = all_.all_gather(node_.broadcast(all_.rank()));
    std::vector<int> leaders = leader_of_rank;
    std::sort(leaders.begin(), leaders.end());
    leaders.erase(std::unique(leaders.begin(), leaders.end()), leaders.end());

    ranks_per_node_.assign(leaders.size(), 0);
    for (const int leader : leader_of_rank) {
        const auto index =
            std::lower_bound(leaders.begin(), leaders.end(), leader) - leaders.begin();
        node_of_rank_.push_back(static_cast<int>(index));
        ++ranks_per_node_[static_cast<std::size_t>(index)];
    }
    const auto host_of_rank = all_.all_gather(host_name());
    for (const int leader : leaders) {
        hosts_.push_back(host_of_rank[static_cast<std::size_t>(leader)]);
    }
    Communicator peers = all_.split(node_.is_root() ? 0 : 1, all_.rank());
    if (node_.is_root()) {
        leaders_ = std::move(peers);
    }
}

int NodeTopology::node_index() const {
    return node_of_rank_[static_cast<std::size_t>(all_.rank())];
}

}  // namespace msunet::comm

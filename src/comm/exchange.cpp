// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <vector>

#include "msunet/comm/shared_window.hpp"

namespace msunet::comm {
namespace {

std::vector<NodeRange> joined(std::span<const NodeRange> ranges) {
    std::vector<NodeRange> sorted(ranges.begin(), ranges.end());
    std::erase_if(sorted, [](const NodeRange& range) { return range.bytes == 0; });
    std::sort(sorted.begin(), sorted.end(),
              [](const NodeRange& a, const NodeRange& b) { return a.offset < b.offset; });
    std::vector<NodeRange> result;
    for (const NodeRange& range : sorted) {
        if (!result.empty() && result.back().node == range.node &&
            result.back().offset + result.back().bytes == range.offset) {
            result.back().bytes += range.bytes;
        } else {
            result.push_back(range);
        }
    }
    return result;
}

}  // namespace

void exchange_between_nodes(const NodeTopology& topology, const SharedWindow& window,
                            std::span<const NodeRange> ranges) {
    window.synchronise();
    if (topology.node_count() > 1) {
        if (const auto& leaders = topology.leaders()) {
            for (const NodeRange& range : joined(ranges)) {
                leaders->broadcast(window.bytes().subspan(range.offset, range.bytes), range.node);
            }
        }
        window.synchronise();
    }
}

}  // namespace msunet::comm

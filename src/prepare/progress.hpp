// SPDX-License-Identifier: Apache-2.0
/// How far the ranks of a node are, without messages.
#pragma once

#include <cstddef>
#include <cstdint>

#include "msunet/comm/node_topology.hpp"
#include "msunet/comm/shared_window.hpp"
#include "msunet/prepare/prepare.hpp"

namespace msunet::prepare {

/// A count in shared memory: each rank adds its finished pieces and reports the node's sum.
class NodeProgress {
public:
    /// Collective over the node. `total`: pieces of the node.
    NodeProgress(const comm::NodeTopology& nodes, std::size_t total, Observer& observer);

    /// One more piece is done here.
    void advance();
    /// Throws core::Error (ExitCode::stopped) once a signal has asked to stop on any of the node's
    /// ranks.
    void check_stop();

private:
    enum Field : std::size_t { done, stopped, fields };
    std::uint64_t& field(Field which) const;

    comm::SharedWindow window_;
    std::size_t total_;
    Observer& observer_;
};

}  // namespace msunet::prepare

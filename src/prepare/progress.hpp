// SPDX-License-Identifier: Apache-2.0
/// \file
/// The progress of all ranks of a node, without messages.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "msunet/comm/node_topology.hpp"
#include "msunet/comm/shared_window.hpp"
#include "msunet/prepare/prepare.hpp"

namespace msunet::prepare {

/// Reports to the observer that this rank works on something, as long as the object exists. Waiting
/// for other ranks is no work: the object must be destroyed before a collective call.
class Holding {
public:
    Holding(Observer& observer, std::string_view what) : observer_(observer) {
        observer_.holds(what);
    }
    ~Holding() { observer_.released(); }
    Holding(const Holding&) = delete;
    Holding& operator=(const Holding&) = delete;

private:
    Observer& observer_;
};

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
    /// A problem of the input was found here: the run will fail.
    void note_problem();
    /// Whether any of the node's ranks has found one.
    [[nodiscard]] bool problem_noted() const;

private:
    enum Field : std::size_t { done, stopped, problem, fields };
    std::uint64_t& field(Field which) const;

    comm::SharedWindow window_;
    std::size_t total_;
    Observer& observer_;
};

}  // namespace msunet::prepare

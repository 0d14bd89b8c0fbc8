// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "msunet/comm/node_topology.hpp"

namespace msunet::comm {

/// Memory that exists once a node and is read and written in place by all of its ranks. Zeroed.
/// A node of one rank gets plain memory of its own.
class SharedWindow {
public:
    /// Collective over the node. Throws `core::Error` on all of its ranks if the folder that backs
    /// windows has less room than `bytes`, naming folder, needed and free bytes.
    SharedWindow(const NodeTopology& topology, std::size_t bytes);
    /// Collective over the node (`MPI_Win_free`), but not while an exception unwinds.
    ~SharedWindow();
    SharedWindow(SharedWindow&&) noexcept;
    SharedWindow& operator=(SharedWindow&&) noexcept;

    /// The node's memory, aligned to a page.
    [[nodiscard]] std::span<std::byte> bytes() const;
    /// The part from byte `offset` on as `count` elements.
    template <class T>
    [[nodiscard]] std::span<T> as(std::size_t offset, std::size_t count) const {
        return {reinterpret_cast<T*>(bytes().subspan(offset, count * sizeof(T)).data()), count};
    }
    /// Collective over the node: what any of its ranks wrote before, all read after.
    void synchronise() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// A range of bytes of every node's window and the node that has written it.
struct NodeRange {
    int node = 0;
    std::uint64_t offset = 0;
    std::uint64_t bytes = 0;
};

/// Collective over `topology.all()`, all ranks passing the same ranges: fills each node's window
/// with what the other nodes have written, by broadcasts among the leaders, and synchronises it.
/// Ranges must not overlap; neighbours of the same node are sent as one.
void exchange_between_nodes(const NodeTopology& topology, const SharedWindow& window,
                            std::span<const NodeRange> ranges);

}  // namespace msunet::comm

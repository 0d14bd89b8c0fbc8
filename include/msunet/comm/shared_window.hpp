// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "msunet/comm/node_topology.hpp"

namespace msunet::comm {

/// Zeroed memory that exists once per node and that all ranks of the node read and write in place.
/// A node of one rank gets private memory.
class SharedWindow {
public:
    /// Collective over the node. Throws `core::Error` on all of its ranks if the folder for shared
    /// windows has less free space than `bytes`.
    SharedWindow(const NodeTopology& topology, std::size_t bytes);
    /// Collective over the node (`MPI_Win_free`), except while an exception unwinds.
    ~SharedWindow();
    SharedWindow(SharedWindow&&) noexcept;
    SharedWindow& operator=(SharedWindow&&) noexcept;

    /// The node's memory, aligned to a page.
    [[nodiscard]] std::span<std::byte> bytes() const;
    /// `count` elements from byte `offset` on.
    template <class T>
    [[nodiscard]] std::span<T> as(std::size_t offset, std::size_t count) const {
        return {reinterpret_cast<T*>(bytes().subspan(offset, count * sizeof(T)).data()), count};
    }
    /// Collective over the node: makes what any of its ranks has written visible to all of them.
    void synchronise() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// A range of bytes, the same in every node's window, and the node that has written it.
struct NodeRange {
    int node = 0;
    std::uint64_t offset = 0;
    std::uint64_t bytes = 0;
};

/// Collective over `topology.all()`, all ranks passing the same ranges: copies what each node has
/// written into the windows of the others, by broadcasts between the leaders, and synchronises
/// them. Ranges must not overlap; adjacent ranges of one node are sent together.
void exchange_between_nodes(const NodeTopology& topology, const SharedWindow& window,
                            std::span<const NodeRange> ranges);

}  // namespace msunet::comm

// SPDX-License-Identifier: Apache-2.0
/// \file
/// The memory of a data set: one shared window on each node, filled by its ranks.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "msunet/comm/node_topology.hpp"
#include "msunet/comm/shared_window.hpp"
#include "msunet/data/dataset.hpp"
#include "prepare/cache_format.hpp"

namespace msunet::prepare {

/// Voxels, then masks, of `elements` voxels.
class SliceStore {
public:
    /// Collective over `nodes.all()`. Throws core::Error on all ranks where the memory of a node
    /// does not suffice.
    static std::shared_ptr<SliceStore> make(const comm::NodeTopology& nodes,
                                            std::uint64_t elements);
    /// Collective over the node.
    SliceStore(const comm::NodeTopology& nodes, std::uint64_t elements);

    /// To be written by the rank that owns the source, see `share`.
    [[nodiscard]] std::span<float> voxels(const data::Range& range) const;
    [[nodiscard]] std::span<std::uint8_t> masks(const data::Range& range) const;

    /// Collective over `nodes.all()`: after each rank has written the sources that `owners` gives
    /// to it, every node has all of them.
    void share(const comm::NodeTopology& nodes, std::span<const data::Range> sources,
               std::span<const int> owners) const;

    /// The finished data set, which keeps the window alive. Freeing it is collective over the node.
    static data::Dataset finish(std::shared_ptr<const SliceStore> store, const Description& of);

private:
    comm::SharedWindow window_;
    std::uint64_t elements_;
};

}  // namespace msunet::prepare

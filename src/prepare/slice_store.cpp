// SPDX-License-Identifier: Apache-2.0
#include "prepare/slice_store.hpp"

#include <exception>
#include <utility>

#include "prepare/agreement.hpp"

namespace msunet::prepare {

std::shared_ptr<SliceStore> SliceStore::make(const comm::NodeTopology& nodes,
                                             std::uint64_t elements) {
    std::shared_ptr<SliceStore> store;
    std::exception_ptr failure;
    try {
        store = std::make_shared<SliceStore>(nodes, elements);
    } catch (...) {
        failure = std::current_exception();
    }
    together(nodes.all(), [&] {
        if (failure) std::rethrow_exception(failure);
    });
    return store;
}

SliceStore::SliceStore(const comm::NodeTopology& nodes, std::uint64_t elements)
    : window_(nodes, elements * (sizeof(float) + sizeof(std::uint8_t))), elements_(elements) {}

std::span<float> SliceStore::voxels(const data::Range& range) const {
    return window_.as<float>(range.offset * sizeof(float), range.count);
}

std::span<std::uint8_t> SliceStore::masks(const data::Range& range) const {
    return window_.as<std::uint8_t>(elements_ * sizeof(float) + range.offset, range.count);
}

void SliceStore::share(const comm::NodeTopology& nodes, std::span<const data::Range> sources,
                       std::span<const int> owners) const {
    std::vector<comm::NodeRange> ranges;
    for (std::size_t i = 0; i < sources.size(); ++i) {
        const int node = nodes.node_of_rank()[static_cast<std::size_t>(owners[i])];
        const data::Range& range = sources[i];
        ranges.push_back({node, range.offset * sizeof(float), range.count * sizeof(float)});
        ranges.push_back({node, elements_ * sizeof(float) + range.offset, range.count});
    }
    comm::exchange_between_nodes(nodes, window_, ranges);
}

data::Dataset SliceStore::finish(std::shared_ptr<const SliceStore> store, const Description& of) {
    const data::Range all{.offset = 0, .count = store->elements_};
    const auto voxels = store->voxels(all);
    const auto masks = store->masks(all);
    std::vector<data::Source> sources;
    std::vector<std::string> hashes;
    for (const StoredSource& stored : of.sources) {
        sources.push_back(stored.source);
        hashes.push_back(stored.payload_hash);
    }
    std::vector<data::Slice> slices = of.slices();
    std::string hash = data::dataset_hash(sources, slices, hashes);
    return {std::move(sources), std::move(slices), voxels, masks,
            std::move(store),   std::move(hash)};
}

}  // namespace msunet::prepare

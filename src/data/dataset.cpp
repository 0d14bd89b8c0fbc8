// SPDX-License-Identifier: Apache-2.0
#include "msunet/data/dataset.hpp"

#include <utility>

#include "msunet/core/error.hpp"
#include "msunet/core/hash.hpp"
#include "msunet/core/text.hpp"

namespace msunet::data {

namespace {

[[noreturn]] void refuse(std::size_t slice, std::string_view reason) {
    throw core::Error(core::ExitCode::failure,
                      core::concat("slice ", slice, " of the data set ", reason));
}

/// Throws unless the slices follow one another by source, without gaps, and fill `elements`.
void check_layout(const std::vector<Source>& sources, const std::vector<Slice>& slices,
                  std::uint64_t elements) {
    std::uint64_t next = 0;
    std::uint32_t source = 0;
    for (std::size_t i = 0; i < slices.size(); ++i) {
        const Slice& slice = slices[i];
        if (slice.source >= sources.size()) refuse(i, "names no source");
        if (slice.source < source) refuse(i, "is not in the order of the sources");
        if (slice.offset != next) refuse(i, "does not follow the one before in memory");
        if (slice.height == 0 || slice.width == 0) refuse(i, "is empty");
        source = slice.source;
        next += std::uint64_t{slice.height} * slice.width;
        if (next > elements) refuse(i, "lies outside the memory");
    }
}

/// Vectors that a data set keeps alive.
struct Owned {
    std::vector<float> voxels;
    std::vector<std::uint8_t> masks;
};

}  // namespace

Dataset::Dataset(std::vector<Source> sources, std::vector<Slice> slices,
                 std::span<const float> voxels, std::span<const std::uint8_t> masks,
                 std::shared_ptr<const void> owner, std::string hash)
    : sources_(std::move(sources)),
      slices_(std::move(slices)),
      voxels_(voxels),
      masks_(masks),
      owner_(std::move(owner)),
      hash_(std::move(hash)) {
    if (voxels_.size() != masks_.size()) {
        throw core::Error(core::ExitCode::failure,
                          core::concat("the data set has ", voxels_.size(), " voxels but ",
                                       masks_.size(), " mask voxels"));
    }
    check_layout(sources_, slices_, voxels_.size());
}

Dataset Dataset::from_vectors(std::vector<Source> sources, std::vector<Slice> slices,
                              std::vector<float> voxels, std::vector<std::uint8_t> masks) {
    auto owned = std::make_shared<Owned>(Owned{std::move(voxels), std::move(masks)});
    const std::span<const float> all_voxels(owned->voxels);
    const std::span<const std::uint8_t> all_masks(owned->masks);
    Dataset dataset(std::move(sources), std::move(slices), all_voxels, all_masks, owned, "");
    std::vector<std::string> hashes;
    for (const Range& range : source_ranges(dataset.slices_, dataset.sources_.size())) {
        hashes.push_back(payload_hash(all_voxels.subspan(range.offset, range.count),
                                      all_masks.subspan(range.offset, range.count)));
    }
    dataset.hash_ = dataset_hash(dataset.sources_, dataset.slices_, hashes);
    return dataset;
}

std::span<const float> Dataset::voxels(const Slice& slice) const {
    return voxels_.subspan(slice.offset, std::size_t{slice.height} * slice.width);
}

std::span<const std::uint8_t> Dataset::masks(const Slice& slice) const {
    return masks_.subspan(slice.offset, std::size_t{slice.height} * slice.width);
}

std::vector<Range> source_ranges(std::span<const Slice> slices, std::size_t sources) {
    std::vector<Range> ranges(sources);
    std::uint64_t next = 0;
    std::size_t slice = 0;
    for (std::size_t source = 0; source < sources; ++source) {
        ranges[source].offset = next;
        for (; slice < slices.size() && slices[slice].source == source; ++slice) {
            next += std::uint64_t{slices[slice].height} * slices[slice].width;
        }
        ranges[source].count = next - ranges[source].offset;
    }
    return ranges;
}

std::string payload_hash(std::span<const float> voxels, std::span<const std::uint8_t> masks) {
    return core::Hasher().values(voxels).values(masks).hex();
}

std::string dataset_hash(std::span<const Source> sources, std::span<const Slice> slices,
                         std::span<const std::string> payload_hashes) {
    core::Hasher hasher;
    hasher.text("msunet data set 1").integer(sources.size()).integer(slices.size());
    for (const Source& source : sources) {
        hasher.text(source.name)
            .integer(static_cast<std::uint64_t>(source.modality))
            .integer(source.validation ? 1 : 0)
            .integer(source.augmented ? 1 : 0)
            .integer(source.pair);
    }
    for (const Slice& slice : slices) {
        hasher.integer(slice.source).integer(slice.height).integer(slice.width);
    }
    for (const std::string& hash : payload_hashes) hasher.text(hash);
    return hasher.hex();
}

}  // namespace msunet::data

// SPDX-License-Identifier: Apache-2.0
/// \file
/// The slice store: every normalised slice once a node, with its mask.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "msunet/core/modality.hpp"

namespace msunet::data {

/// One preprocessed volume: an input pair or an augmented copy of one.
struct Source {
    std::string name;  ///< file name of the volume; copies: with the copy's suffix
    core::Modality modality{};
    bool validation = false;
    bool augmented = false;
    std::uint32_t pair = 0;  ///< index of the input pair, in the order of the files
    friend bool operator==(const Source&, const Source&) = default;
};

/// One kept slice, rows (y) by columns (x), row-major, of a source.
struct Slice {
    std::uint32_t source = 0;
    std::uint32_t height = 0;
    std::uint32_t width = 0;
    std::uint64_t offset = 0;  ///< elements into `Dataset::voxels()` and `Dataset::masks()`
    friend bool operator==(const Slice&, const Slice&) = default;
};

/// Immutable slices, masks and where they come from.
///
/// Sources: the input pairs in the order of the files, then augmented copies in the order of their
/// pairs. Slices: by source, then by z, one after another in memory without gaps. Voxels are
/// float32 in [0,1], masks are 0 or 1. The memory belongs to a holder (a shared window of the node,
/// or vectors) that lives as long as the data set.
class Dataset {
public:
    /// Takes over views into memory that `owner` keeps alive.
    /// `hash` is the hexadecimal hash of content and layout, see `dataset_hash`.
    /// Throws core::Error where the slices are not laid out as above or do not fit the memory.
    Dataset(std::vector<Source> sources, std::vector<Slice> slices, std::span<const float> voxels,
            std::span<const std::uint8_t> masks, std::shared_ptr<const void> owner,
            std::string hash);

    /// A data set in ordinary memory of this process; offsets of `slices` count into the vectors.
    static Dataset from_vectors(std::vector<Source> sources, std::vector<Slice> slices,
                                std::vector<float> voxels, std::vector<std::uint8_t> masks);

    const std::vector<Source>& sources() const noexcept { return sources_; }
    const std::vector<Slice>& slices() const noexcept { return slices_; }
    const Source& source_of(const Slice& slice) const { return sources_[slice.source]; }

    std::span<const float> voxels() const noexcept { return voxels_; }
    std::span<const std::uint8_t> masks() const noexcept { return masks_; }
    /// Voxels (height, width) of one slice.
    std::span<const float> voxels(const Slice& slice) const;
    /// Mask (height, width) of one slice.
    std::span<const std::uint8_t> masks(const Slice& slice) const;

    /// Hexadecimal hash of sources, slices, voxels and masks; equal data give an equal hash on any
    /// number of ranks.
    const std::string& hash() const noexcept { return hash_; }
    /// Bytes of voxels and masks, once a node.
    std::uint64_t bytes() const noexcept { return voxels_.size_bytes() + masks_.size_bytes(); }

private:
    std::vector<Source> sources_;
    std::vector<Slice> slices_;
    std::span<const float> voxels_;
    std::span<const std::uint8_t> masks_;
    std::shared_ptr<const void> owner_;
    std::string hash_;
};

/// A run of elements in the voxels and masks.
struct Range {
    std::uint64_t offset = 0;
    std::uint64_t count = 0;
    friend bool operator==(const Range&, const Range&) = default;
};

/// Where the slices of each source lie; sources without slices get an empty range.
std::vector<Range> source_ranges(std::span<const Slice> slices, std::size_t sources);

/// Hash (hexadecimal) of the voxels and masks of one source's slices.
std::string payload_hash(std::span<const float> voxels, std::span<const std::uint8_t> masks);

/// Hash (hexadecimal) of a whole data set from its layout and one payload hash a source, so that
/// ranks can hash the sources they made and agree on the whole.
std::string dataset_hash(std::span<const Source> sources, std::span<const Slice> slices,
                         std::span<const std::string> payload_hashes);

}  // namespace msunet::data

// SPDX-License-Identifier: Apache-2.0
/// \file
/// All of a data set but its voxels, and as text in the cache file. Raise the version when the same
/// inputs would give other bytes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "msunet/data/dataset.hpp"
#include "msunet/prepare/prepare.hpp"

namespace msunet::prepare {

inline constexpr std::uint64_t cache_format_version = 4;

/// Slices of one source: all of the same size.
struct SourceLayout {
    std::uint32_t height = 0;
    std::uint32_t width = 0;
    std::uint32_t slices = 0;
    friend bool operator==(const SourceLayout&, const SourceLayout&) = default;
};

/// A source as it lies in the data set.
struct StoredSource {
    data::Source source;
    SourceLayout layout;
    std::string payload_hash;  ///< data::payload_hash of its voxels and masks
    friend bool operator==(const StoredSource&, const StoredSource&) = default;
};

/// All of a data set but the voxels and masks.
struct Description {
    std::vector<StoredSource> sources;
    Survey survey;
    std::vector<std::string> warnings;  ///< about headers and voxels, said again on each start
    std::vector<std::string> notices;

    /// The slices one after another.
    [[nodiscard]] std::vector<data::Slice> slices() const;
    /// Where the sources lie, in voxels.
    [[nodiscard]] std::vector<data::Range> ranges() const;
    /// Voxels in all.
    [[nodiscard]] std::uint64_t elements() const;
};

/// As text for the cache file.
[[nodiscard]] std::string to_text(const Description& description);
/// Throws core::Error where the text is no description.
[[nodiscard]] Description from_text(const std::string& text);

}  // namespace msunet::prepare

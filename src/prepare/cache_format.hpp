// SPDX-License-Identifier: Apache-2.0
/// The cache's format: bump the version when the same inputs would give other bytes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "msunet/data/dataset.hpp"
#include "msunet/prepare/prepare.hpp"

namespace msunet::prepare {

inline constexpr std::uint64_t cache_format_version = 1;

/// Slices of one source: all of the same size.
struct SourceLayout {
    std::uint32_t height = 0;
    std::uint32_t width = 0;
    std::uint32_t slices = 0;
    friend bool operator==(const SourceLayout&, const SourceLayout&) = default;
};

/// All of a data set but the voxels and masks.
struct Description {
    std::vector<data::Source> sources;
    std::vector<SourceLayout> layouts;        ///< by source
    std::vector<std::string> payload_hashes;  ///< by source
    Survey survey;
    std::vector<std::string> warnings;  ///< about headers and voxels, said again on each start
    std::vector<std::string> notices;

    /// The slices one after another.
    std::vector<data::Slice> slices() const;
    /// Voxels in all.
    std::uint64_t elements() const;
};

/// As text for the cache file.
std::string to_text(const Description& description);
/// Throws core::Error where the text is no description.
Description from_text(const std::string& text);

}  // namespace msunet::prepare

// SPDX-License-Identifier: Apache-2.0
/// \file
/// From the voxels of one pair to the slices of its sources. No rank knows of another here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "msunet/imaging/augment_plan.hpp"
#include "msunet/imaging/measures.hpp"
#include "msunet/imaging/normalise.hpp"
#include "prepare/cache_format.hpp"
#include "prepare/find_input.hpp"
#include "prepare/read_pair.hpp"

namespace msunet::prepare {

/// The kept slices of one source, before their place in the store is known.
struct SourceSlices {
    std::uint32_t source = 0;  ///< its number in the data set
    SourceLayout layout;
    imaging::DroppedSlices dropped;
    imaging::ScanMeasures measures;  ///< of all slices
    bool outliers_kept = false;      ///< the outlier rule was skipped
    std::vector<float> voxels;
    std::vector<std::uint8_t> masks;
};

/// Augments and normalises. The arguments must outlive it.
class SourceMaker {
public:
    SourceMaker(const Request& request, const Input& input);

    /// The source of a pair; nothing, with a problem, where no slice is left.
    [[nodiscard]] std::optional<SourceSlices> original(std::size_t pair, const PairContent& content,
                                                       Findings& findings) const;

    /// An augmented copy of a pair, made of `voxels` in place; written to disk too if that is asked
    /// for.
    [[nodiscard]] SourceSlices copy(std::size_t source, const imaging::AugmentedCopy& copy,
                                    const PairGeometry& geometry, LoadedPair voxels) const;

private:
    imaging::EndSlices ends_of(std::size_t pair) const;
    SourceSlices normalise(std::size_t source, std::size_t pair, const PairGeometry& geometry,
                           const LoadedPair& voxels) const;

    const Request& request_;
    const Input& input_;
    imaging::OutlierValue outliers_;
};

}  // namespace msunet::prepare

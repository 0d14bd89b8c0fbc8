// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "msunet/data/dataset.hpp"
#include "msunet/data/options.hpp"
#include "msunet/data/patch_index.hpp"

namespace msunet::data {

/// The uses of all sources in one training.
using SourceUses = std::vector<SourceUse>;

/// The patches of a data set, one index for each patch size, stride and split that is asked for.
/// Both `dataset` and this must outlive the indices.
class PatchLists {
public:
    /// `splits`: those of the folds, if there are any.
    PatchLists(const Dataset& dataset, const PatchOptions& options,
               std::vector<SourceUses> splits = {})
        : dataset_(dataset), options_(options), splits_(std::move(splits)) {}

    /// Whether patches have a size of their own instead of being fractions of the slice.
    [[nodiscard]] bool fixed() const { return !options_.use_frac_patch; }
    /// The index for a permutation's `patch_dimensions` and `patch_stride`; made on the first call.
    /// `split`: the index of one of the splits; nothing: as the sources say.
    /// Throws core::InputError where no patch fits.
    const PatchIndex& of(std::int64_t size, std::int64_t stride,
                         std::optional<std::size_t> split = std::nullopt);

private:
    const Dataset& dataset_;
    PatchOptions options_;
    std::vector<SourceUses> splits_;
    using Key = std::tuple<std::int64_t, std::int64_t, std::optional<std::size_t>>;
    std::map<Key, std::unique_ptr<PatchIndex>> lists_;
};

}  // namespace msunet::data

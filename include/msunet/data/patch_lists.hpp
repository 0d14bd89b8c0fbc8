// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <utility>

#include "msunet/data/dataset.hpp"
#include "msunet/data/options.hpp"
#include "msunet/data/patch_index.hpp"

namespace msunet::data {

/// The patches of a data set, one index for each patch size and stride that is asked for. Both
/// `dataset` and this must outlive the indices.
class PatchLists {
public:
    PatchLists(const Dataset& dataset, const PatchOptions& options)
        : dataset_(dataset), options_(options) {}

    /// Whether patches have a size of their own instead of being fractions of the slice.
    [[nodiscard]] bool fixed() const { return !options_.use_frac_patch; }
    /// The index for a permutation's `patch_dimensions` and `patch_stride`; made on the first call.
    /// Throws core::InputError where no patch fits.
    const PatchIndex& of(std::int64_t size, std::int64_t stride);

private:
    const Dataset& dataset_;
    PatchOptions options_;
    std::map<std::pair<std::int64_t, std::int64_t>, std::unique_ptr<PatchIndex>> lists_;
};

}  // namespace msunet::data

// SPDX-License-Identifier: Apache-2.0
/// From the files of one pair to the slices of one source. No rank knows of another here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "msunet/imaging/augment_plan.hpp"
#include "msunet/imaging/normalise.hpp"
#include "prepare/cache_format.hpp"
#include "prepare/find_input.hpp"
#include "prepare/survey_input.hpp"

namespace msunet::prepare {

/// The kept slices of one source, before their place in the store is known.
struct Made {
    std::uint32_t source = 0;
    SourceLayout layout;
    bool outliers_kept = false;  ///< the outlier rule was skipped
    std::vector<float> voxels;
    std::vector<std::uint8_t> masks;
};

/// Reads, augments and normalises. The arguments must outlive it.
class SourceMaker {
public:
    SourceMaker(const Request& request, const Input& input, const SurveyedInput& surveyed);

    /// A pair whose headers passed; nothing, with problems, where its voxels can't be used or no
    /// slice is left.
    std::optional<Made> original(std::size_t pair, Findings& findings) const;

    /// An augmented copy of a pair that `original` took; written to disk too if that is asked for.
    Made copy(std::size_t source, const imaging::AugmentedCopy& copy) const;

private:
    bool anatomical(std::size_t pair) const;
    Made normalise(std::size_t source, std::size_t pair, const LoadedPair& loaded) const;

    const Request& request_;
    const Input& input_;
    const SurveyedInput& surveyed_;
    imaging::OutlierValue outliers_;
};

}  // namespace msunet::prepare

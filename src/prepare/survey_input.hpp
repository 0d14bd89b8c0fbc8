// SPDX-License-Identifier: Apache-2.0
/// What headers say about the input, by all ranks together.
#pragma once

#include <optional>
#include <vector>

#include "msunet/comm/communicator.hpp"
#include "msunet/imaging/augment_plan.hpp"
#include "msunet/prepare/check.hpp"
#include "msunet/prepare/prepare.hpp"
#include "prepare/agreement.hpp"
#include "prepare/find_input.hpp"

namespace msunet::prepare {

/// Headers of all pairs.
struct SurveyedInput {
    std::vector<std::optional<PairGeometry>> geometries;  ///< by pair; nothing where it is bad
    std::vector<PlacedFindings> findings;                 ///< of this rank's pairs

    bool complete() const;
};

/// Collective over `ranks`: checks the headers of each pair, or of each file by itself where the
/// pairs are wrong. Throws nothing about the input.
SurveyedInput survey_input(const Request& request, const Input& input,
                           const comm::Communicator& ranks, Observer& observer);

/// The copies that options, seed and names ask for.
std::vector<imaging::AugmentedCopy> copies_of(const Request& request, const Input& input);

/// Table and memory of a complete survey.
Survey survey_of(const Input& input, const SurveyedInput& surveyed,
                 const std::vector<imaging::AugmentedCopy>& copies);

/// The fixed patch sizes that slices must hold; none with fractional patches.
std::vector<std::int64_t> fixed_patches(const Request& request);

}  // namespace msunet::prepare

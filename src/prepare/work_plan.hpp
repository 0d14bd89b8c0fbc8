// SPDX-License-Identifier: Apache-2.0
/// \file
/// What preprocessing costs, and which rank does it.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "msunet/comm/communicator.hpp"
#include "msunet/imaging/augment_plan.hpp"
#include "prepare/find_input.hpp"
#include "prepare/read_pair.hpp"

namespace msunet::prepare {

/// Relative cost of reading and resampling a pair.
[[nodiscard]] double cost_of(const PairGeometry& geometry);

/// Relative cost of making and resampling an augmented copy of a pair that was read.
[[nodiscard]] double cost_of(const PairGeometry& geometry, const imaging::AugmentedCopy& copy);

/// Which rank reads which pair and makes its copies.
struct WorkPlan {
    std::vector<double> costs;  ///< by pair
    std::vector<int> owners;    ///< rank by pair
    bool sound = true;          ///< false: some headers are known to be bad

    /// The pairs of a rank, costliest first.
    [[nodiscard]] std::vector<std::size_t> pairs_of(int rank) const;
};

/// Collective over `ranks`: of several ranks each opens a share of the files for their headers,
/// which tell the costs. One rank alone opens none.
[[nodiscard]] WorkPlan plan_work(const Request& request, const Input& input,
                                 std::span<const imaging::AugmentedCopy> copies,
                                 const comm::Communicator& ranks, Observer& observer);

}  // namespace msunet::prepare

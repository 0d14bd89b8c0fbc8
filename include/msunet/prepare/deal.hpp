// SPDX-License-Identifier: Apache-2.0
/// \file
/// How tasks are distributed over ranks: pure functions of the costs, the same on every rank.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace msunet::prepare {

/// The rank of each task: costliest first, each to the rank with the least work so far (ties: the
/// lower task, the lower rank).
[[nodiscard]] std::vector<int> assign_tasks(std::span<const double> costs, int ranks);

/// The tasks of one rank, costliest first.
[[nodiscard]] std::vector<std::size_t> tasks_of(std::span<const double> costs,
                                                std::span<const int> owners, int rank);

}  // namespace msunet::prepare

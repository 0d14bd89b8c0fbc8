// SPDX-License-Identifier: Apache-2.0
/// \file
/// Ranks that work independently agree on what went wrong, so that none waits in a collective call
/// for one that has failed.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "msunet/comm/communicator.hpp"
#include "msunet/prepare/read_scan.hpp"

namespace msunet::prepare {

/// Findings of one rank about the file or pair at a place in the input.
struct PlacedFindings {
    std::size_t place = 0;
    Findings findings;
};

/// Collective over `ranks`: the findings of all, in the order of their places, on every rank.
/// Remarks become warnings.
[[nodiscard]] Findings gather_findings(const comm::Communicator& ranks,
                                       const std::vector<PlacedFindings>& findings);

/// Collective over `ranks`: runs `work`, which contains no collective call; if it throws on any
/// rank, all ranks throw the same: the kind of failure of the lowest rank that failed, with the
/// problems of all ranks that failed in this way.
void together(const comm::Communicator& ranks, const std::function<void()>& work);

}  // namespace msunet::prepare

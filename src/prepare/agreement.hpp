// SPDX-License-Identifier: Apache-2.0
/// How ranks that work apart find out together what went wrong: nobody is left in a collective.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "msunet/comm/communicator.hpp"
#include "msunet/prepare/check.hpp"

namespace msunet::prepare {

/// What one rank found about the file or pair at a place in the input.
struct PlacedFindings {
    std::size_t place = 0;
    Findings findings;
};

/// Collective over `ranks`: the findings of all, in the order of their places, on every rank.
Findings gather_findings(const comm::Communicator& ranks,
                         const std::vector<PlacedFindings>& findings);

/// Collective over `ranks`: runs `work`, which contains no collective call; if it throws on any
/// rank, all ranks throw the same: the kind of failure of the lowest rank that failed, with the
/// problems of all ranks that failed in this way.
void together(const comm::Communicator& ranks, const std::function<void()>& work);

/// Throws core::InputError with these problems if there are any.
void throw_problems(const Findings& findings);

}  // namespace msunet::prepare

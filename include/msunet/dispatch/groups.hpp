// SPDX-License-Identifier: Apache-2.0
/// \file
/// The ranks' part in a sweep: leaders receive trials from the dispatcher, groups train them.
#pragma once

#include <functional>
#include <vector>

#include "msunet/dispatch/channel.hpp"
#include "msunet/dispatch/dispatcher.hpp"
#include "msunet/record/control.hpp"
#include "msunet/sweep/placement.hpp"

namespace msunet::dispatch {

/// Runs one training and reports each end that it reaches to the control. Collective over the
/// group; what it returns is the same on all its ranks.
using TrialRunner =
    std::function<record::Trained(const record::Assignment&, record::TrialControl&)>;

/// World ranks of the groups' leaders, by group.
[[nodiscard]] std::vector<int> leaders_of(const sweep::Placement& placement);

/// Runs this rank's part until the sweep is over. `dispatcher` on rank 0, null on all others: it is
/// served between training steps and while the rank waits. On a rank in no group `run` may be
/// empty.
void take_part(Channel& channel, const sweep::Placement& placement, int rank,
               const TrialRunner& run, Dispatcher* dispatcher);

}  // namespace msunet::dispatch

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "msunet/comm/communicator.hpp"
#include "msunet/core/error.hpp"
#include "msunet/train/trial_failure.hpp"

namespace msunet::train {

/// Collective over the group: the leader runs `work`. What it throws is no failure of the trial (a
/// full disk would fail the next one too): every rank throws it as core::Error, which ends the job.
template <class Work>
void run_on_leader(const comm::Communicator& group, Work&& work) {
    const auto problem = group.broadcast(group.is_root() ? failure_of(work) : std::string());
    if (!problem.empty()) throw core::Error(core::ExitCode::failure, problem);
}

}  // namespace msunet::train

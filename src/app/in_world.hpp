// SPDX-License-Identifier: Apache-2.0
/// \file
/// Runs a command on all ranks, between MPI's start and end, with one exit code for all.
#pragma once

#include <functional>
#include <span>
#include <string>

#include "msunet/comm/communicator.hpp"
#include "msunet/core/error.hpp"

namespace msunet::app {

/// Installs the signal handlers, initialises MPI, runs `work` on every rank of the world and
/// finalises MPI. Errors that `work` throws alike on all ranks are printed by rank 0; all ranks end
/// with the worst code of any. Throws core::UsageError where srun started the process without a
/// PMI.
core::ExitCode in_world(std::span<const std::string> arguments,
                        const std::function<core::ExitCode(const comm::Communicator&)>& work);

}  // namespace msunet::app

// SPDX-License-Identifier: Apache-2.0
/// \file
/// Parts in which a rank can fail alone.
#pragma once

#include <exception>

#include "msunet/comm/communicator.hpp"
#include "msunet/comm/environment.hpp"
#include "msunet/core/failure.hpp"
#include "msunet/core/log.hpp"

namespace msunet::comm {

/// Runs a part in which a rank can fail alone while the others wait for it in MPI, and returns its
/// value: a failure is printed and ends the job; a world of one rank throws it. What the journal
/// and the checkpoints hold is not lost.
template <class F>
auto or_end_job(const Communicator& world, F&& part) {
    try {
        return part();
    } catch (const std::exception& error) {
        if (world.size() == 1) throw;
        const auto failure = core::failure_of(error);
        for (const auto& problem : failure.problems) core::log::fatal(text_of(problem));
        Environment::abort(static_cast<int>(failure.code));
    }
}

}  // namespace msunet::comm

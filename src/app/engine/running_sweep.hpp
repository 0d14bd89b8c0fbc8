// SPDX-License-Identifier: Apache-2.0
/// \file
/// The part of a run in which permutations are trained.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "../dispatch/dispatcher.hpp"
#include "../dispatch/worker.hpp"
#include "../settings.hpp"
#include "msunet/comm/communicator.hpp"
#include "msunet/record/journal.hpp"
#include "msunet/sweep/placement.hpp"

namespace msunet::app {

/// What rank 0 knows beyond the other ranks.
struct SweepBooks {
    record::Journal& journal;
    SweepLimits limits;
    std::function<double(const core::Permutation&)> cost;
    bool has_validation = false;
};

/// How the training of a sweep ended, on rank 0.
struct SweepEnding {
    sweep::Ending ending = sweep::Ending::complete;
    std::optional<record::StopReason> stop_reason;
    double idle_fraction = 0;  ///< of the leaders' time
};

/// Collective over `world`: groups train until the dispatcher ends them. `books` on rank 0 alone;
/// so is the ending.
std::optional<SweepEnding> run_sweep(const TrainSettings& settings,
                                     const std::filesystem::path& folder,
                                     const sweep::Placement& placement, const TrialRunner& run,
                                     SweepBooks* books, const comm::Communicator& world);

}  // namespace msunet::app

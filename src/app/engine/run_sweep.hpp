// SPDX-License-Identifier: Apache-2.0
/// \file
/// The part of a run in which trials are trained.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>

#include "msunet/comm/communicator.hpp"
#include "msunet/dispatch/groups.hpp"
#include "msunet/record/journal.hpp"
#include "msunet/settings/train_settings.hpp"
#include "msunet/sweep/placement.hpp"

namespace msunet::app {

/// What the dispatcher needs, on rank 0.
struct DispatcherSetup {
    record::Journal& journal;
    dispatch::SweepLimits limits;
    std::function<double(const core::Permutation&)> cost;  ///< of a trial, in any unit
    bool has_validation = false;
    sweep::Accepts accepts{};      ///< whether a permutation may be suggested; empty: each
    std::function<void()> tick{};  ///< called now and then while trials run; empty: nothing
    bool is_refit = false;         ///< of a cross-validation, which has the tables and the page
};

/// Collective over `world`: groups train until the sweep is over. `setup` on rank 0 alone, null on
/// all others; the ending likewise.
std::optional<dispatch::SweepEnding> run_sweep(const settings::TrainSettings& settings,
                                               const std::filesystem::path& folder,
                                               const sweep::Placement& placement,
                                               const dispatch::TrialRunner& run,
                                               const DispatcherSetup* setup,
                                               const comm::Communicator& world);

}  // namespace msunet::app

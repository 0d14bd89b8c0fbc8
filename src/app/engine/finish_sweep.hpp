// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "msunet/core/error.hpp"
#include "msunet/dispatch/dispatcher.hpp"
#include "msunet/experiment/refit_record.hpp"
#include "msunet/plan/open_sweep.hpp"
#include "msunet/record/journal.hpp"
#include "msunet/unet/architecture.hpp"

namespace msunet::app {

/// Rank 0, when no trial runs any more: writes tables, archive and report, or what there is of them
/// if trials or the refit are left, ends the journal and prints the last lines. Returns the exit
/// code.
core::ExitCode finish_sweep(const unet::Architecture& architecture,
                            const std::filesystem::path& folder, record::Journal& journal,
                            const dispatch::SweepEnding& ending,
                            const experiment::RefitState& refit = {});

/// Why a start ended that leaves trials or the refit.
[[nodiscard]] record::StopReason reason_of(const dispatch::SweepEnding& ending);

/// Collective over `world`: says that the experiment has finished, and what failed in it. Returns
/// the exit code with which the start that finished it ended.
core::ExitCode nothing_left(const plan::OpenExperiment& open, const comm::Communicator& world);

}  // namespace msunet::app

// SPDX-License-Identifier: Apache-2.0
/// \file
/// `msunet train` from settings to results.
#pragma once

#include "msunet/comm/communicator.hpp"
#include "msunet/core/error.hpp"
#include "msunet/settings/train_settings.hpp"

namespace msunet::app {

/// Collective over `world`: prepares the data, finds or makes the experiment, trains its trials and
/// writes the results. What it throws is thrown alike on all ranks; a rank that can no longer take
/// part ends the whole job.
core::ExitCode train_sweep(const settings::TrainSettings& settings,
                           const comm::Communicator& world);

}  // namespace msunet::app

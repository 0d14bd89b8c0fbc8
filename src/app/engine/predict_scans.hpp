// SPDX-License-Identifier: Apache-2.0
/// \file
/// `msunet predict` on all ranks.
#pragma once

#include <span>

#include "msunet/comm/communicator.hpp"
#include "msunet/core/error.hpp"
#include "msunet/device/find_accelerator.hpp"
#include "msunet/settings/predict_settings.hpp"

namespace msunet::app {

/// Collective over `world`: predicts all scans with the mean of `models`, writes their results,
/// dice.csv and the page. Throws core::Error alike on all ranks, with the problems of all scans
/// once the others are done.
core::ExitCode predict_scans(const settings::PredictSettings& settings,
                             std::span<const weights::TrainedModel> models,
                             const comm::Communicator& world);
/// The same with the accelerator of this source.
core::ExitCode predict_scans(const settings::PredictSettings& settings,
                             std::span<const weights::TrainedModel> models,
                             const comm::Communicator& world,
                             const device::AcceleratorSource& source);

}  // namespace msunet::app

// SPDX-License-Identifier: Apache-2.0
/// \file
/// Dice of the best model's whole masks on the validation scans.
#pragma once

#include <filesystem>

#include "msunet/record/sweep_record.hpp"
#include "msunet/unet/architecture.hpp"

namespace msunet::predict {

/// Predicts the validation scans with the best trial's weights, as `msunet predict --validation`
/// does, and writes the Dice of every scan to the trial's folder, unless it is there. With folds it
/// does so for each training of the best permutation, with the scans of its own fold. To be called
/// on one rank alone, when no trial runs any more. A signal ends it without a file. Never throws:
/// what goes wrong is a warning.
void measure_validation_scans(const unet::Architecture& architecture,
                              const std::filesystem::path& folder,
                              const record::SweepRecord& record) noexcept;

}  // namespace msunet::predict

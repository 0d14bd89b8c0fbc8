// SPDX-License-Identifier: Apache-2.0
/// \file
/// config.yaml and environment.json.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "msunet/device/compute.hpp"
#include "msunet/record/sweep_record.hpp"
#include "msunet/settings/train_settings.hpp"
#include "msunet/sweep/placement.hpp"

namespace msunet::plan {

/// The remark on a start model: which weights it has.
[[nodiscard]] std::string weights_text(const std::string& hash);

/// Writes both into the experiment's folder. For rank 0 alone.
void write_start_files(const std::filesystem::path& folder, const settings::TrainSettings& settings,
                       const record::SweepStart& start, const std::vector<sweep::Node>& nodes,
                       const sweep::Placement& placement, const device::Compute& compute);

}  // namespace msunet::plan

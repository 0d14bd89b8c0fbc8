// SPDX-License-Identifier: Apache-2.0
/// \file
/// config.yaml and environment.json.
#pragma once

#include <filesystem>
#include <vector>

#include "../settings.hpp"
#include "msunet/record/sweep_record.hpp"
#include "msunet/sweep/placement.hpp"

namespace msunet::app {

/// Writes both into the experiment's folder. For rank 0 alone.
void write_start_files(const std::filesystem::path& folder, const TrainSettings& settings,
                       const record::SweepStart& start, const std::vector<sweep::Node>& nodes);

}  // namespace msunet::app

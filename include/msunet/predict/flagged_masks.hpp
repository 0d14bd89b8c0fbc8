// SPDX-License-Identifier: Apache-2.0
/// \file
/// What rank 0 says about the masks of a run when all are done.
#pragma once

#include <vector>

#include "msunet/predict/prediction_plan.hpp"
#include "msunet/predict/scan_worker.hpp"
#include "msunet/settings/predict_settings.hpp"

namespace msunet::predict {

/// Flags masks whose volume is far from the run's median of their modality, also on the page.
void flag_against_others(const PredictionPlan& plan, std::vector<ScanReport>& reports);

/// One line that names the flagged masks, if there are any.
void warn_of_flagged(const PredictionPlan& plan, const std::vector<ScanReport>& reports,
                     bool has_page);

/// A line for every height of slices that differs from their width: msUNET-RAM's inference sets the
/// height where -ts sets the width.
void print_height_for_msunet_ram(const settings::PredictSettings& settings,
                                 const std::vector<ScanReport>& reports);

}  // namespace msunet::predict

// SPDX-License-Identifier: Apache-2.0
/// \file
/// The scans to predict, with the cost of each.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "msunet/comm/communicator.hpp"
#include "msunet/predict/reference.hpp"
#include "msunet/predict/result_record.hpp"
#include "msunet/predict/scan.hpp"
#include "msunet/predict/scan_files.hpp"
#include "msunet/settings/predict_settings.hpp"
#include "msunet/weights/trained_model.hpp"

namespace msunet::predict {

/// One scan and what is to be done with it.
struct ScanTask {
    ScanFile scan;
    Outputs outputs{};
    std::optional<std::string> reference{};    ///< file of the manual mask
    std::optional<core::Modality> modality{};  ///< nullopt: unknown
    ScanState state{};                         ///< the scan's file when the run began
    bool skipped = false;                      ///< its results exist and are kept
    double cost = 0;                           ///< relative; 0: nothing is to be done
};

/// All scans, the same on every rank.
struct PredictionPlan {
    std::vector<ScanTask> tasks;
};

/// How scans become the network's input.
ScanOptions scan_options(const settings::PredictSettings& settings,
                         const weights::TrainedModel& model);

/// Collective over `world`: lists the scans, checks where results would go and that those which
/// exist are what `maker` makes, pairs the manual masks and estimates what each scan costs. Throws
/// core::InputError and core::UsageError alike on all ranks.
PredictionPlan plan_prediction(const settings::PredictSettings& settings,
                               const ScanOptions& options, const Maker& maker,
                               const comm::Communicator& world);

/// Before the work: records what the results will be. The results of a run that is killed are
/// known, too. Those that it replaces are recorded when it ends. Throws core::FileError.
void record_before(const PredictionPlan& plan, const settings::PredictSettings& settings,
                   const Maker& maker);

/// After the work: records the results of these scans, by their numbers in the plan, and of those
/// that were skipped. Throws core::FileError.
void record_after(const PredictionPlan& plan, const settings::PredictSettings& settings,
                  const Maker& maker, const std::vector<std::size_t>& predicted);

}  // namespace msunet::predict

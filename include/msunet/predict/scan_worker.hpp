// SPDX-License-Identifier: Apache-2.0
/// \file
/// One scan from its file to its results and its report.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "msunet/codec/failure.hpp"
#include "msunet/codec/fields.hpp"
#include "msunet/core/problem.hpp"
#include "msunet/predict/compared_scan.hpp"
#include "msunet/predict/prediction_plan.hpp"
#include "msunet/predict/training_scans.hpp"
#include "msunet/prepare/read_scan.hpp"

namespace msunet::predict {

/// What became of a scan.
struct ScanReport {
    std::size_t task = 0;
    std::vector<core::Problem> problems{};  ///< with its files
    std::vector<std::string> warnings{};
    std::vector<prepare::Remark> remarks{};
    bool failed = false;  ///< a result can't be written, or worse: no fault of the scan's
    std::optional<report::ScanDice> compared{};  ///< with the manual mask
    std::optional<double> volume_mm3{};          ///< of the mask, where there is one
    std::vector<std::string> flags{};            ///< why someone should check the mask
    std::int64_t height = 0;                     ///< of the network's slices; 0: not predicted
    std::int64_t width = 0;
    std::string qc{};  ///< its part of the page, `report::qc_scan_text`; empty: none
};

template <class Archive, codec::Is<ScanReport> T>
void fields(Archive& archive, T& report) {
    archive("task", report.task);
    archive("problems", report.problems);
    archive("warnings", report.warnings);
    archive("remarks", report.remarks);
    archive("failed", report.failed);
    archive("compared", report.compared);
    archive("volume_mm3", report.volume_mm3);
    archive("flags", report.flags);
    archive("height", report.height);
    archive("width", report.width);
    archive("qc", report.qc);
}

/// Returns this rank's networks, which are made on the first call.
using PredictorSource = std::function<std::span<SlicePredictor>()>;

/// How all scans are worked on.
struct WorkRules {
    const settings::PredictSettings& settings;
    const ScanOptions& options;
    std::vector<ModalityScans> training;  ///< empty: unknown
};

/// Works on `task` (number `number`): predicts and writes the results unless it is skipped, then
/// measures the mask, compares it with training's masks and with the manual one, and draws its part
/// of the page. Never throws.
ScanReport work_on_scan(const ScanTask& task, std::size_t number, const WorkRules& rules,
                        const PredictorSource& predictors,
                        const std::function<void()>& between_batches);

}  // namespace msunet::predict

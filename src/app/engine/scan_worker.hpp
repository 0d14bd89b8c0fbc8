// SPDX-License-Identifier: Apache-2.0
/// \file
/// One scan from its file to its results and its report.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "prediction_plan.hpp"

namespace msunet::app {

/// What became of a scan.
struct ScanReport {
    std::size_t task = 0;
    std::vector<std::string> problems{};  ///< with its files
    std::vector<std::string> warnings{};
    bool failed = false;  ///< a result can't be written, or worse: no fault of the scan's
    std::optional<double> dice{};
    std::string qc{};  ///< its part of the page, `report::qc_scan_text`; empty: none
};

std::string to_text(const std::vector<ScanReport>& reports);
std::vector<ScanReport> scan_reports_from(std::string_view text);

/// Returns this rank's network, which is made on the first call.
using PredictorSource = std::function<predict::SlicePredictor&()>;

/// Does what `task` (number `number`) asks for: predicts and writes, unless it is skipped; measures
/// the mask for the page and compares it with the manual one. Never throws.
ScanReport work_on_scan(const ScanTask& task, std::size_t number, const PredictSettings& settings,
                        const predict::ScanOptions& options, const PredictorSource& predictor,
                        const std::function<void()>& between_batches);

}  // namespace msunet::app

// SPDX-License-Identifier: Apache-2.0
/// \file
/// The scans that a model was trained on, in figures, and how a new scan differs from them. Plain
/// functions of values.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "msunet/core/modality.hpp"
#include "msunet/imaging/measures.hpp"

namespace msunet::predict {

/// The least and the largest value of a measure.
struct MeasureRange {
    double low = 0, high = 0;
};

/// The training scans of one modality.
struct ModalityScans {
    core::Modality modality{};
    std::int64_t scans = 0;
    /// By the names of imaging::measures.
    std::map<std::string, MeasureRange, std::less<>> ranges{};
};

/// One training scan.
struct MeasuredScan {
    core::Modality modality{};
    imaging::ScanMeasures measures;
};

/// The ranges of all measures, by modality.
[[nodiscard]] std::vector<ModalityScans> ranges_of(std::span<const MeasuredScan> scans);

/// The ranges that contain those of all models, each by `ranges_of`, with the largest number of
/// scans; a model of unknown training scans (an empty list) adds nothing.
[[nodiscard]] std::vector<ModalityScans> joined_ranges(
    std::span<const std::vector<ModalityScans>> models);

/// In which measures a scan lies outside of the training scans' range, widened by the tolerance of
/// each measure, in words: "volume 812 mm³, in training 1670 to 1990". A modality that was not
/// trained is said alone. Without a modality the one that fits best is taken. A measure that is not
/// a number is not compared. Nothing for no training scans.
[[nodiscard]] std::vector<std::string> unlike_training(const imaging::ScanMeasures& scan,
                                                       std::optional<core::Modality> modality,
                                                       std::span<const ModalityScans> training);

}  // namespace msunet::predict

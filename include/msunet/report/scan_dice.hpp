// SPDX-License-Identifier: Apache-2.0
/// \file
/// The Dice of the best model's masks on the validation scans: a file in a trial's folder.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "msunet/record/sweep_record.hpp"
#include "msunet/report/dice_table.hpp"

namespace msunet::report {

/// Name of the file in a trial's folder.
inline constexpr const char* scan_dice_file_name = "scan_dice.json";

/// Dice by scan as JSON text and back. Reading throws core::InputError on damaged text.
[[nodiscard]] std::string scan_dice_to_json(std::span<const ScanDice> scans);
[[nodiscard]] std::vector<ScanDice> scan_dice_from_json(std::string_view text);

/// Those of the best trial in the experiment `folder`, if they have been measured. With folds those
/// of all scans, each by the models of the best permutation that were not trained on it: the mean
/// over the repeats; a distance only where each of them has one. Empty until all of its trials
/// have been measured. Warns of a file that can't be read.
[[nodiscard]] std::vector<ScanDice> read_scan_dice(const std::filesystem::path& folder,
                                                   const record::SweepRecord& record);

}  // namespace msunet::report

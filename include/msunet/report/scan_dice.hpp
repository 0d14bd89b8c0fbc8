// SPDX-License-Identifier: Apache-2.0
/// \file
/// The Dice of the best model's masks on the validation scans: a file in a trial's folder.
#pragma once

#include <filesystem>
#include <vector>

#include "msunet/codec/fields.hpp"
#include "msunet/record/sweep_record.hpp"
#include "msunet/report/dice_table.hpp"

namespace msunet::report {

/// Name of the file in a trial's folder.
inline constexpr const char* scan_dice_file_name = "scan_dice.json";

/// The file holds a list of these, as codec::to_json writes it.
template <class Archive, codec::Is<ScanDice> T>
void fields(Archive& archive, T& scan) {
    archive("scan", scan.scan);
    archive.optional("modality", scan.modality);
    archive("dice", scan.dice);
    archive.optional("hausdorff95_mm", scan.hausdorff95);
    archive.optional("surface_dice", scan.surface_dice);
    archive.optional("tolerance_mm", scan.tolerance);
}

/// Those of the best trial in the experiment `folder`, if they have been measured. With folds those
/// of all scans, each by the models of the best permutation that were not trained on it: the mean
/// over the repeats; a distance only where each of them has one. Empty until all of its trials
/// have been measured. Warns of a file that can't be read.
[[nodiscard]] std::vector<ScanDice> read_scan_dice(const std::filesystem::path& folder,
                                                   const record::SweepRecord& record);

}  // namespace msunet::report

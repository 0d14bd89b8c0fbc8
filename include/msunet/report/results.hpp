// SPDX-License-Identifier: Apache-2.0
/// \file
/// Names and writes an experiment's result files; for rank 0 only.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "msunet/report/sweep.hpp"

namespace msunet::report {

/// The two files of one trial.
struct TrialFiles {
    std::string modality_results;
    std::string scan_history;
};

/// File names within the experiment's folder.
struct ResultNames {
    /// `<mmddyyHHMMSS>.csv`, from the sweep's start.
    std::string summary;
    /// `model_deploy<experiment>.zip`.
    std::string archive;
    /// By trial id. Of equal times later ids get another microsecond.
    std::map<record::TrialId, TrialFiles> trials;
};

/// The names that this sweep's files have; a function of the journal's times alone.
[[nodiscard]] ResultNames result_names(const Sweep& sweep);

/// The folder of the trials' own files, with folds.
inline constexpr const char* folds_folder = "folds";
/// "permutation3_repeat1_fold2": in the names of a training's files.
[[nodiscard]] std::string fold_name(const record::Folding& folding, record::TrialId trial);

/// Whether the trial's weights are in the experiment's folder: without --keep_models all only those
/// of the best trial are.
[[nodiscard]] bool has_weights(const std::filesystem::path& folder,
                               const record::TrialResult& result);

/// Writes the summary, permutations.csv, failures.csv (if any failed, else removes an old one), the
/// histories and the metrics by modality into `folder`, with folds also folds.csv and in folds/
/// those of each training, each atomically, and removes
/// results.partial.csv. Returns the names, for the journal. Throws core::Error where the folder
/// can't be written.
ResultNames write_results(const std::filesystem::path& folder, const Sweep& sweep);

/// Writes results.partial.csv: the summary of the trials that have ended.
void write_partial_results(const std::filesystem::path& folder, const Sweep& sweep);

}  // namespace msunet::report

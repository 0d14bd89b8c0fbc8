// SPDX-License-Identifier: Apache-2.0
/// \file
/// The files of a finished sweep, written from its journal by `msunet train`, `report` and `merge`.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "msunet/core/error.hpp"
#include "msunet/core/named_array.hpp"
#include "msunet/experiment/refit_record.hpp"
#include "msunet/record/sweep_record.hpp"
#include "msunet/report/sweep.hpp"
#include "msunet/unet/architecture.hpp"

namespace msunet::experiment {

/// The weights of a finished trial of the experiment in `folder`, all tensors in the architecture's
/// order. Throws core::Error where they can't be read.
[[nodiscard]] std::vector<core::NamedArray> read_trial_weights(
    const unet::Architecture& architecture, const std::filesystem::path& folder,
    const record::TrialResult& result);

/// Names of files with their meaning.
using NamedFiles = std::vector<std::pair<std::string, std::string>>;

/// Writes the Deploy archive and best_model.hdf5 of `report::best_trial(sweep)`, which must be
/// there with its weights; where its refit is done, with the weights of that. Throws core::Error
/// where a file can't be read or written.
NamedFiles write_models(const unet::Architecture& architecture, const std::filesystem::path& folder,
                        const record::SweepRecord& record, const report::Sweep& sweep,
                        const RefitState& refit);

/// Writes tables and report.html, and, if there is a best trial, the Deploy archive and
/// best_model.hdf5; where its weights are not there, a message says so. Returns name and meaning of
/// the main files. Throws core::Error where a file can't be written or the best weights can't be
/// read.
NamedFiles write_final_files(const unet::Architecture& architecture,
                             const std::filesystem::path& folder, const record::SweepRecord& record,
                             const RefitState& refit = {});

/// The exit code of a sweep whose trials have all ended.
[[nodiscard]] core::ExitCode exit_code_of(const record::SweepRecord& record,
                                          const RefitState& refit = {});

/// Says that the model is that of a fold, where the refit failed or can't be read.
void warn_of_failure(const RefitState& refit);

}  // namespace msunet::experiment

// SPDX-License-Identifier: Apache-2.0
/// \file
/// All options of `msunet train`, and how they come from the command line and a YAML file.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "msunet/config/print.hpp"
#include "msunet/config/schema.hpp"
#include "msunet/core/permutation.hpp"
#include "msunet/data/options.hpp"
#include "msunet/imaging/options.hpp"
#include "msunet/prepare/options.hpp"
#include "msunet/record/sweep_record.hpp"
#include "msunet/settings/options.hpp"
#include "msunet/sweep/distribution.hpp"
#include "msunet/sweep/options.hpp"
#include "msunet/train/options.hpp"
#include "msunet/unet/hyperparameters.hpp"

namespace msunet::settings {

/// The effective settings of a training run.
struct TrainSettings {
    CommandOptions command;
    ExperimentOptions experiment;
    prepare::PrepareOptions folders;
    imaging::PreprocessOptions preprocess;
    imaging::SliceOptions slices;
    data::PatchOptions patches;
    data::SplitOptions split;
    imaging::AugmentOptions augment;
    unet::Hyperparameters defaults;  ///< of the hyperparameters that the grid does not name
    sweep::SweepOptions sweep;
    train::TrainOptions train;
};

/// Throws core::UsageError where both ways to resample are asked for.
void check_modes(const imaging::PreprocessOptions& options);

/// The options of `msunet train` in the sections of its help. Refers to `settings`.
[[nodiscard]] config::Schema train_schema(TrainSettings& settings);

/// Reads command line and YAML file and checks all that needs no data. The YAML file is --config
/// or, with --resume DIR, that experiment's config.yaml. The grid is loaded and its text put in
/// `experiment.talos_params`; size, spacing and cache that were left out get the values that apply.
/// Throws core::UsageError with all problems.
[[nodiscard]] TrainSettings read_train_settings(std::span<const std::string> arguments);

/// The effective settings as YAML that `--config` reads.
[[nodiscard]] std::string settings_yaml(const TrainSettings& settings,
                                        const config::Remarks& remarks = {});
/// The settings that `settings_yaml` wrote: how the other ranks get those of rank 0.
[[nodiscard]] TrainSettings settings_from_yaml(const std::string& yaml);

/// All options as texts, in the order of their description: for the journal and the resume check.
[[nodiscard]] record::Configuration configuration_of(const TrainSettings& settings);

/// The lists of the grid with all ranges expanded, all distributions drawn and every value checked.
/// Of equal values of a list the first is kept. With fractional patches only the first value of
/// `patch_dimensions` and `patch_stride` is kept, with a line in `warnings`. Throws
/// core::UsageError with all problems.
[[nodiscard]] sweep::DrawnGrid grid_of(const TrainSettings& settings,
                                       std::vector<std::string>& warnings);

/// The part of the help on the keys of the grid: range, default and meaning, in lines of at most
/// `width` columns.
[[nodiscard]] std::string grid_help(std::size_t width);

/// The values of hyperparameters that the grid does not name.
[[nodiscard]] unet::Hyperparameters default_hyperparameters(const TrainSettings& settings);

}  // namespace msunet::settings

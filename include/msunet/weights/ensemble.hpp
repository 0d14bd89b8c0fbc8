// SPDX-License-Identifier: Apache-2.0
/// \file
/// The models whose likelihoods `msunet predict --ensemble` averages.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "msunet/weights/trained_model.hpp"

namespace msunet::weights {

/// Folder of an experiment that holds the models of its folds.
inline constexpr const char* fold_models_folder = "fold_models";

/// The .hdf5 and .h5 files in `fold_models` of `folder`, else in `folder` itself, by name. Throws
/// core::UsageError where they are fewer than two.
[[nodiscard]] std::vector<std::filesystem::path> ensemble_files(
    const std::filesystem::path& folder);

/// The models' notices, a line each: equal ones together.
[[nodiscard]] std::vector<std::string> notices_of(std::span<const TrainedModel> models);

/// "model a.hdf5", or "mean of 5 models in first/fold_models".
[[nodiscard]] std::string models_text(std::span<const TrainedModel> models);

}  // namespace msunet::weights

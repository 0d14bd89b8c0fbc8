// SPDX-License-Identifier: Apache-2.0
/// \file
/// Pictures for the report: a trained network's masks on slices.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <vector>

#include "msunet/data/dataset.hpp"
#include "msunet/record/trial.hpp"
#include "msunet/train/trainer.hpp"

namespace msunet::app {

/// Writes `trials/<id>/pictures.json` in the experiment's `folder`: the worst validation slices of
/// each modality (without validation data: training slices). Throws what engine and files throw.
void draw_pictures(const data::Dataset& dataset, const std::filesystem::path& folder,
                   const train::TrainedTrial& trained);

/// Whether a trial's pictures are there.
[[nodiscard]] bool has_pictures(const std::filesystem::path& folder, record::TrialId trial);

/// Calls `draw`. Of an exception it makes a warning that the report will lack this trial's
/// pictures.
void without_pictures_on_failure(record::TrialId trial, const std::function<void()>& draw) noexcept;

/// At most `count` of `all`, evenly spread.
[[nodiscard]] std::vector<std::size_t> spread(const std::vector<std::size_t>& all,
                                              std::size_t count);

}  // namespace msunet::app

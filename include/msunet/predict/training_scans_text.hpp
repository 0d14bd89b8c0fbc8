// SPDX-License-Identifier: Apache-2.0
/// \file
/// The figures of training scans on their way from the data set to the model's file and back.
#pragma once

#include <string>
#include <vector>

#include "msunet/predict/training_scans.hpp"
#include "msunet/prepare/prepare.hpp"

namespace msunet::predict {

/// Of the training pairs, augmented copies left out, as text for the journal and the model's file.
[[nodiscard]] std::string training_scans_text(const prepare::Survey& survey);

/// The ranges in a text of `training_scans_text`; none in an empty one, or in one of another
/// version.
[[nodiscard]] std::vector<ModalityScans> training_scans_of(const std::string& text);

}  // namespace msunet::predict

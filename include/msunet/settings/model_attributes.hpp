// SPDX-License-Identifier: Apache-2.0
/// \file
/// What a weights file says of how its network was trained, so that predict can use it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "msunet/record/sweep_record.hpp"
#include "msunet/unet/hyperparameters.hpp"

namespace msunet::settings {

/// Height and width from "H/W".
[[nodiscard]] std::pair<std::int64_t, std::int64_t> sides_of(const std::string& patch_size);

/// How scans become network input, option by option as text; predict reads it from the model.
/// `patch_size`: "H/W" of the padded patch.
[[nodiscard]] std::map<std::string, std::string> model_attributes(
    const record::Configuration& configuration, const unet::Hyperparameters& hyperparameters,
    const std::string& patch_size);

}  // namespace msunet::settings

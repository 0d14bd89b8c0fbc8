// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "msunet/settings/options.hpp"

namespace msunet::settings {

/// The configuration file of a recipe, as --config reads it.
[[nodiscard]] std::string_view recipe_yaml(Recipe recipe);

}  // namespace msunet::settings

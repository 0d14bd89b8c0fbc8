// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "options.hpp"

namespace msunet::app {

/// The configuration file of a recipe, as --config reads it.
[[nodiscard]] std::string_view recipe_yaml(Recipe recipe);

}  // namespace msunet::app

// SPDX-License-Identifier: Apache-2.0
/// \file
/// Grids as msUNET-RAM's trainer has them.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "msunet/core/permutation.hpp"

namespace msunet::settings {

/// Keys of msUNET-RAM's dictionaries that are no hyperparameters.
[[nodiscard]] std::span<const std::string> old_grid_keys();

/// Removes the entries of `old_grid_keys()`, and makes a square patch in the form of msUNET-RAM's
/// tables, '64/64', the number 64. Returns a warning for each key that was changed.
[[nodiscard]] std::vector<std::string> modernise(core::GridEntries& grid);

}  // namespace msunet::settings

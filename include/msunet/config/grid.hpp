// SPDX-License-Identifier: Apache-2.0
#pragma once

// The parameter grid as users write it: the value of -talos, a file, or a map in the YAML config.

#include <span>
#include <string>
#include <string_view>

#include "msunet/core/permutation.hpp"

namespace msunet::config {

/// Reads a grid from a text: a Python dictionary (also without braces, with bare names and blanks
/// in names, as the user guide prints it), JSON or YAML, tried in this order. A single value is a
/// list of one; `(start, end, steps)`, also as text, is a range. In names ' ', '-' and '_' are the
/// same and become '_'; in bare values blanks become '_'.
///
/// With `known_names` every key must be one of them, upper and lower case and separators aside,
/// and the entries get the known spelling; without, names are left as they are.
/// Throws UsageError: where the text can't be read (line and column), a name is doubled, unknown
/// (nearest known name) or has no values, all at once.
[[nodiscard]] core::GridEntries parse_grid(std::string_view text,
                                           std::span<const std::string> known_names = {});

/// As parse_grid, where `text` may also be the path of a file that holds the grid.
[[nodiscard]] core::GridEntries load_grid(const std::string& text_or_path,
                                          std::span<const std::string> known_names = {});

/// The grid as a Python dictionary that parse_grid reads back: for the journal, the start table.
[[nodiscard]] std::string grid_text(const core::GridEntries& grid);

}  // namespace msunet::config

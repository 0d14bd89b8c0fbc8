// SPDX-License-Identifier: Apache-2.0
/// \file
/// The parameter grid as users write it: the value of -talos, a file, or a map in the YAML config.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "msunet/core/permutation.hpp"

namespace msunet::config {

/// Reads a grid from a text: a Python dictionary (also without braces, with bare names and blanks
/// in names, as the user guide prints it), JSON or YAML, tried in this order. A single value is a
/// list of one; `(start, end, steps)`, also as text, is a range; a call such as
/// `loguniform(1e-4, 1e-2)` is a value, its text, which sweep::Distribution reads. In bare values
/// blanks become '_'.
///
/// Every key must be one of `keys`, compared by core::plain_name; the entries have the spelling of
/// `keys`. Throws UsageError with all problems: where the text can't be read (line and column), and
/// every key that is doubled, unknown (with the nearest known one) or has no values.
///
/// `others` are keys of other programs: their entries are read too, but no message names them.
[[nodiscard]] core::GridEntries parse_grid(std::string_view text, std::span<const std::string> keys,
                                           std::span<const std::string> others = {});

/// As parse_grid, where `text` may also be the path of a file that holds the grid.
[[nodiscard]] core::GridEntries load_grid(const std::string& text_or_path,
                                          std::span<const std::string> keys,
                                          std::span<const std::string> others = {});

/// The grid as a Python dictionary that parse_grid reads back: for the journal, the start table.
[[nodiscard]] std::string grid_text(const core::GridEntries& grid);

}  // namespace msunet::config

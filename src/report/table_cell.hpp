// SPDX-License-Identifier: Apache-2.0
/// \file
/// Cells of the tables on a terminal: aligned to the right, always with a blank before them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace msunet::report {

/// `text` in a column of `width`; a longer text makes the line longer instead of touching the
/// column before.
[[nodiscard]] std::string table_cell(std::string_view text, std::size_t width);

/// A metric with four decimals, or with an exponent where these don't fit.
[[nodiscard]] std::string table_cell(double metric, std::size_t width);

}  // namespace msunet::report

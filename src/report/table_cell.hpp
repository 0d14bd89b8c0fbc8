// SPDX-License-Identifier: Apache-2.0
/// \file
/// Cells of the tables on a terminal: aligned to the right, always with a blank before them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace msunet::report {

/// `text` in a column of `width`; a longer text makes the line longer instead of touching the
/// column before.
[[nodiscard]] std::string table_cell(std::string_view text, std::size_t width);

/// A metric with four decimals, or with an exponent where these don't fit.
[[nodiscard]] std::string table_cell(double metric, std::size_t width);

/// A training by the first permutation that it serves: "3", or "3 +2" with two others.
[[nodiscard]] std::string training_cell(std::uint64_t trial, std::size_t others, bool is_refit);

}  // namespace msunet::report

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

namespace msunet::io {

/// One row of a CSV file as pandas writes it: ',' between cells, '\n' at the end. A cell is quoted
/// only where it must be (',', '"' or a line end in it).
[[nodiscard]] std::string csv_row(std::span<const std::string> cells);

}  // namespace msunet::io

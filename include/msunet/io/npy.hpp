// SPDX-License-Identifier: Apache-2.0
/// \file
/// Writes NumPy's .npy files, format 1.0.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "msunet/core/value.hpp"

namespace msunet::io {

/// A .npy file of float32, row-major. `values` has as many elements as the shape says.
[[nodiscard]] std::string npy_bytes(std::span<const std::int64_t> shape,
                                    std::span<const float> values);
/// A .npy file of float64, row-major.
[[nodiscard]] std::string npy_bytes(std::span<const std::int64_t> shape,
                                    std::span<const double> values);

/// A parameter grid with its values, in the order in which it is to be written.
using GridLists = std::vector<std::pair<std::string, std::vector<core::Value>>>;

/// Talos's params.npy: a 0-d object array that holds the dictionary {name: [values]}, pickled with
/// protocol 3, with no class references, so that any NumPy reads it.
[[nodiscard]] std::string npy_grid_bytes(const GridLists& grid);

}  // namespace msunet::io

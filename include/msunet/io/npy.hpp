// SPDX-License-Identifier: Apache-2.0
#pragma once

// NumPy's .npy (format 1.0 written, 1.0 to 3.0 read) and .npz files.

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
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

/// An array as read. Numbers of every width are widened to double (exact up to 2^53), booleans
/// are 0 and 1; texts (dtype U) are in `texts`.
struct NpyArray {
    /// As in the header, e.g. "<f4".
    std::string dtype;
    std::vector<std::int64_t> shape;
    /// Row-major, also where the file is column-major.
    std::vector<double> values;
    std::vector<std::string> texts;
};

/// Throws InputError that names `source`; object arrays are refused.
[[nodiscard]] NpyArray parse_npy(std::string_view bytes, std::string_view source);

/// All arrays of a .npz file by name, without ".npy". Throws InputError, FileError.
[[nodiscard]] std::map<std::string, NpyArray> read_npz(const std::filesystem::path& path);

}  // namespace msunet::io

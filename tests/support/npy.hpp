// SPDX-License-Identifier: Apache-2.0
/// \file
/// Reads NumPy's .npy files (formats 1.0 to 3.0) and .npz files.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace msunet::test {

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

}  // namespace msunet::test

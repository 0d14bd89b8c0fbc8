// SPDX-License-Identifier: Apache-2.0
#pragma once

// CSV as pandas writes and reads it: ',' between cells, '\n' after rows.

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace msunet::io {

/// Header and rows as text.
struct CsvTable {
    std::vector<std::string> header;
    std::vector<std::vector<std::string>> rows;

    friend bool operator==(const CsvTable&, const CsvTable&) = default;
};

/// One row with its '\n'. A cell is quoted only where it must be (',', '"' or a line end in it).
[[nodiscard]] std::string csv_row(std::span<const std::string> cells);

/// Header and rows. A table without rows is its header.
[[nodiscard]] std::string csv_text(const CsvTable& table);

/// Reads what csv_text writes, and "\r\n". Every row must have as many cells as the header.
/// Throws InputError with `source` and the line.
[[nodiscard]] CsvTable parse_csv(std::string_view text, std::string_view source);

/// parse_csv of a file. Throws FileError, InputError.
[[nodiscard]] CsvTable read_csv(const std::filesystem::path& path);

}  // namespace msunet::io

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace msunet::test {

/// A CSV file's header and rows as text.
struct CsvTable {
    std::vector<std::string> header;
    std::vector<std::vector<std::string>> rows;

    friend bool operator==(const CsvTable&, const CsvTable&) = default;
};

/// Reads what io::csv_row writes, and "\r\n". Every row must have as many cells as the header.
/// Throws InputError with `source` and the line.
[[nodiscard]] CsvTable parse_csv(std::string_view text, std::string_view source);

/// parse_csv of a file. Throws FileError, InputError.
[[nodiscard]] CsvTable read_csv(const std::filesystem::path& path);

}  // namespace msunet::test

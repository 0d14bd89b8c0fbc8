// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace msunet::h5 {

/// A flat array to be written; the memory stays the caller's.
using ArrayView =
    std::variant<std::span<const float>, std::span<const double>, std::span<const std::uint64_t>>;
/// A flat array that was read.
using Array = std::variant<std::vector<float>, std::vector<double>, std::vector<std::uint64_t>>;

/// Named flat arrays and texts, as a checkpoint needs. Names are free of '/'.
struct Container {
    std::map<std::string, Array, std::less<>> arrays;
    std::map<std::string, std::string, std::less<>> texts;

    /// The array of this name and type; throws `core::InputError` if it is missing or of another
    /// type.
    [[nodiscard]] const std::vector<float>& floats(std::string_view name) const;
    [[nodiscard]] const std::vector<double>& doubles(std::string_view name) const;
    [[nodiscard]] const std::vector<std::uint64_t>& integers(std::string_view name) const;
    /// The text of this name; throws `core::InputError` if it is missing.
    [[nodiscard]] const std::string& text(std::string_view name) const;
};

/// Writes a container atomically (temporary name, flush to disk, rename); the same input gives the
/// same bytes. A checksum of the content is written too. May be called on any thread.
void write_container(const std::filesystem::path& file,
                     const std::map<std::string, ArrayView, std::less<>>& arrays,
                     const std::map<std::string, std::string, std::less<>>& texts);

/// Reads a container. Throws `core::InputError` naming the file if it is missing, truncated, not a
/// container or does not match its checksum.
[[nodiscard]] Container read_container(const std::filesystem::path& file);

}  // namespace msunet::h5

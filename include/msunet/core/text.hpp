// SPDX-License-Identifier: Apache-2.0
/// \file
/// Helpers on text. GCC 12 has no <format>, and the program would load two versions of fmt.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace msunet::core {

namespace detail {
inline void append(std::string& out, std::string_view part) { out += part; }
inline void append(std::string& out, const char* part) { out += part; }
inline void append(std::string& out, const std::string& part) { out += part; }
inline void append(std::string& out, char part) { out += part; }
inline void append(std::string& out, const std::filesystem::path& part) { out += part.string(); }
void append(std::string& out, bool part);
void append(std::string& out, double part);
void append(std::string& out, float part);
template <std::integral T>
void append(std::string& out, T part) {
    out += std::to_string(part);
}
}  // namespace detail

/// The parts one after the other: texts, characters, integers, paths; booleans as True/False,
/// floats as Python's repr.
template <class... Parts>
[[nodiscard]] std::string concat(const Parts&... parts) {
    std::string out;
    (detail::append(out, parts), ...);
    return out;
}

/// `value` with `digits` after the point: "0.9214".
[[nodiscard]] std::string fixed(double value, int digits);
/// `value` with about `digits` significant ones, as %g: "1.5e-05".
[[nodiscard]] std::string general(double value, int digits);
/// "29.1 MB", "1.25 GB": decimal units.
[[nodiscard]] std::string bytes_text(double bytes);
/// "1,234,567".
[[nodiscard]] std::string thousands(std::int64_t value);

/// Appends a character, a control character as \xNN.
void append_visible(std::string& out, char c);
/// Appends a character as Python and YAML read it between quotes of that kind.
void append_escaped(std::string& out, char c, char quote);

/// 'text' in single quotes, control characters as \xNN: for messages.
[[nodiscard]] std::string quoted(std::string_view text);
// Exact matches, so that std::quoted is never taken for an argument from std.
[[nodiscard]] inline std::string quoted(const std::string& text) {
    return quoted(std::string_view(text));
}
[[nodiscard]] inline std::string quoted(std::string& text) {
    return quoted(std::string_view(text));
}
[[nodiscard]] inline std::string quoted(const char* text) { return quoted(std::string_view(text)); }

/// "a, b, c".
[[nodiscard]] std::string join(std::span<const std::string> parts, std::string_view between = ", ");
[[nodiscard]] std::string join(std::span<const std::string_view> parts,
                               std::string_view between = ", ");
/// The parts between the separators; an empty text gives one empty part.
[[nodiscard]] std::vector<std::string> split(std::string_view text, char separator);
/// Without blanks, tabs and line ends at both ends.
[[nodiscard]] std::string_view trim(std::string_view text);
/// ASCII letters only.
[[nodiscard]] std::string to_lower(std::string_view text);
/// Columns that a text takes on a terminal: its code points, each one wide.
[[nodiscard]] std::size_t display_width(std::string_view text);
/// Breaks at blanks so that no line is longer than `width` (words longer than that stay whole).
[[nodiscard]] std::vector<std::string> wrap(std::string_view text, std::size_t width);

/// The whole text as a number; none otherwise. Accepts blanks around it, "+5", ".5", "1e-3";
/// to_double also "inf" and "nan".
[[nodiscard]] std::optional<std::int64_t> to_integer(std::string_view text);
[[nodiscard]] std::optional<double> to_double(std::string_view text);
/// True/False/true/false/1/0/yes/no, in any case.
[[nodiscard]] std::optional<bool> to_bool(std::string_view text);
/// Whether a text stands for no value: none or null, in any case.
[[nodiscard]] bool means_none(std::string_view text);

/// A name as every comparison of users' spellings sees it (options, grid keys, choices, losses …):
/// in lower case, without blanks, '_' and '-'.
[[nodiscard]] std::string plain_name(std::string_view name);

/// Insertions, deletions, substitutions and swaps of neighbours that turn `a` into `b`
/// (Damerau and Levenshtein, restricted).
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);
/// The candidate nearest to `name` by plain_name and edit distance (a common beginning helps), none
/// if all are far.
[[nodiscard]] std::optional<std::string> nearest_name(std::string_view name,
                                                      std::span<const std::string> candidates);
/// ", did you mean 'lr'?" or nothing: to end a message about an unknown name.
[[nodiscard]] std::string did_you_mean(std::string_view name,
                                       std::span<const std::string> candidates);

}  // namespace msunet::core

// SPDX-License-Identifier: Apache-2.0
#include "msunet/core/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <limits>

#include "msunet/core/columns.hpp"
#include "msunet/core/quantity.hpp"
#include "msunet/core/value.hpp"

namespace msunet::core {

namespace {

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

constexpr bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

template <class Text>
std::string joined(std::span<const Text> parts, std::string_view between) {
    std::string out;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (i > 0) out += between;
        out += parts[i];
    }
    return out;
}

/// Without a leading '+', which std::from_chars doesn't accept ("+-5" is not a number).
std::string_view without_plus(std::string_view text) {
    if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
    return text;
}

}  // namespace

namespace detail {
void append(std::string& out, bool part) { out += part ? "True" : "False"; }
void append(std::string& out, double part) { out += python_repr(part); }
void append(std::string& out, float part) { out += python_repr(part); }
}  // namespace detail

std::string fixed(double value, int digits) {
    std::array<char, 400> buffer{};
    std::snprintf(buffer.data(), buffer.size(), "%.*f", digits, value);
    return buffer.data();
}

std::string general(double value, int digits) {
    std::array<char, 64> buffer{};
    std::snprintf(buffer.data(), buffer.size(), "%.*g", digits, value);
    return buffer.data();
}

std::string bytes_text(double bytes) { return with_prefix(bytes, "B"); }

std::string thousands(std::int64_t value) {
    std::string digits = std::to_string(value);
    const std::size_t first = value < 0 ? 1 : 0;
    for (std::size_t i = digits.size(); i > first + 3; i -= 3) digits.insert(i - 3, 1, ',');
    return digits;
}

void append_visible(std::string& out, char c) {
    const auto code = static_cast<unsigned char>(c);
    if (code >= 0x20 && code != 0x7F) {
        out += c;
        return;
    }
    std::array<char, 5> escape{};
    std::snprintf(escape.data(), escape.size(), "\\x%02x", code);
    out += escape.data();
}

void append_escaped(std::string& out, char c, char quote) {
    if (c == quote || c == '\\') {
        out += '\\';
        out += c;
    } else if (c == '\n') {
        out += "\\n";
    } else if (c == '\r') {
        out += "\\r";
    } else if (c == '\t') {
        out += "\\t";
    } else {
        append_visible(out, c);
    }
}

std::string quoted(std::string_view text) {
    std::string out = "'";
    for (const char c : text) append_visible(out, c);
    return out += '\'';
}

std::string join(std::span<const std::string> parts, std::string_view between) {
    return joined(parts, between);
}

std::string join(std::span<const std::string_view> parts, std::string_view between) {
    return joined(parts, between);
}

std::vector<std::string> split(std::string_view text, char separator) {
    std::vector<std::string> parts;
    std::size_t begin = 0;
    while (true) {
        const std::size_t end = text.find(separator, begin);
        parts.emplace_back(text.substr(begin, end - begin));
        if (end == std::string_view::npos) return parts;
        begin = end + 1;
    }
}

std::string_view trim(std::string_view text) {
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    return text;
}

std::string to_lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), lower);
    return out;
}

std::size_t display_width(std::string_view text) {
    const auto begins = [](char byte) {
        return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U;
    };
    return static_cast<std::size_t>(std::ranges::count_if(text, begins));
}

std::vector<std::string> wrap(std::string_view text, std::size_t width) {
    std::vector<std::string> lines;
    std::string line;
    std::size_t begin = 0;
    while (begin < text.size()) {
        std::size_t end = begin;
        while (end < text.size() && !is_blank(text[end])) ++end;
        const std::string_view word = text.substr(begin, end - begin);
        if (!word.empty()) {
            if (!line.empty() && display_width(line) + 1 + display_width(word) > width) {
                lines.push_back(std::move(line));
                line.clear();
            }
            if (!line.empty()) line += ' ';
            line += word;
        }
        begin = end + 1;
    }
    if (!line.empty() || lines.empty()) lines.push_back(std::move(line));
    return lines;
}

std::optional<std::int64_t> to_integer(std::string_view text) {
    text = without_plus(trim(text));
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::optional<double> to_double(std::string_view text) {
    text = without_plus(trim(text));
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::optional<bool> to_bool(std::string_view text) {
    const std::string word = to_lower(trim(text));
    if (word == "true" || word == "1" || word == "yes") return true;
    if (word == "false" || word == "0" || word == "no") return false;
    return std::nullopt;
}

bool means_none(std::string_view text) {
    const std::string word = to_lower(trim(text));
    return word == "none" || word == "null";
}

std::string plain_name(std::string_view name) {
    std::string plain = to_lower(name);
    std::erase_if(plain, [](char c) { return is_blank(c) || c == '_' || c == '-'; });
    return plain;
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before(b.size() + 1);
    std::vector<std::size_t> previous(b.size() + 1);
    std::vector<std::size_t> current(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) previous[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        current[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t substitution = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            current[j] = std::min({previous[j] + 1, current[j - 1] + 1, substitution});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                current[j] = std::min(current[j], before[j - 2] + 1);
            }
        }
        std::swap(before, previous);
        std::swap(previous, current);
    }
    return previous[b.size()];
}

std::optional<std::string> nearest_name(std::string_view name,
                                        std::span<const std::string> candidates) {
    // Names longer than any option would only cost time.
    constexpr std::size_t longest = 64;
    if (name.empty() || name.size() > longest) return std::nullopt;
    const std::string wanted = plain_name(name);
    std::optional<std::string> best;
    std::size_t best_distance = std::numeric_limits<std::size_t>::max();
    for (const std::string& candidate : candidates) {
        const std::string other = plain_name(candidate);
        std::size_t distance = edit_distance(wanted, other);
        // A beginning of at least three letters counts as one slip, however much is missing.
        if (wanted.size() >= 3 && other.starts_with(wanted)) {
            distance = std::min<std::size_t>(distance, 1);
        }
        const std::size_t allowed =
            std::max<std::size_t>(1, std::max(wanted.size(), other.size()) / 3);
        if (distance <= allowed && distance < std::max(wanted.size(), other.size()) &&
            distance < best_distance) {
            best_distance = distance;
            best = candidate;
        }
    }
    return best;
}

std::string did_you_mean(std::string_view name, std::span<const std::string> candidates) {
    const std::optional<std::string> nearest = nearest_name(name, candidates);
    return nearest ? concat(", did you mean ", quoted(*nearest), "?") : std::string();
}

}  // namespace msunet::core

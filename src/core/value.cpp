// SPDX-License-Identifier: Apache-2.0
#include "msunet/core/value.hpp"

#include <array>
#include <charconv>
#include <cmath>

#include "msunet/core/text.hpp"

namespace msunet::core {

namespace {

/// Digits and exponent of the shortest decimal text, from std::to_chars's scientific form.
struct Shortest {
    std::string digits;
    int exponent = 0;
};

Shortest shortest(double magnitude) {
    std::array<char, 64> buffer{};
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), magnitude,
                                   std::chars_format::scientific)
                         .ptr;
    const std::string_view text(buffer.data(), static_cast<std::size_t>(end - buffer.data()));
    const std::size_t e = text.find('e');
    Shortest parts;
    for (const char c : text.substr(0, e)) {
        if (c != '.') parts.digits += c;
    }
    parts.exponent = static_cast<int>(*to_integer(text.substr(e + 1)));
    return parts;
}

std::string text_repr(const std::string& text) {
    const bool has_single = text.find('\'') != std::string::npos;
    const bool has_double = text.find('"') != std::string::npos;
    const char quote = has_single && !has_double ? '"' : '\'';
    std::string out(1, quote);
    for (const char c : text) append_escaped(out, c, quote);
    return out += quote;
}

}  // namespace

std::string python_repr(double value) {
    if (std::isnan(value)) return "nan";
    if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
    const std::string_view sign = std::signbit(value) ? "-" : "";
    const auto [digits, exponent] = shortest(std::abs(value));
    // Python writes an exponent below 1e-4 and from 1e16 on, with two digits at least.
    if (exponent < -4 || exponent >= 16) {
        const int size = std::abs(exponent);
        return concat(sign, digits[0], digits.size() > 1 ? "." : "", digits.substr(1), "e",
                      exponent < 0 ? '-' : '+', size < 10 ? "0" : "", size);
    }
    if (exponent < 0) {
        return concat(sign, "0.", std::string(static_cast<std::size_t>(-exponent - 1), '0'),
                      digits);
    }
    const auto whole = static_cast<std::size_t>(exponent) + 1;
    if (digits.size() <= whole) {
        return concat(sign, digits, std::string(whole - digits.size(), '0'), ".0");
    }
    return concat(sign, digits.substr(0, whole), ".", digits.substr(whole));
}

std::string python_repr(float value) { return python_repr(static_cast<double>(value)); }

std::string python_str(const Value& value) {
    if (const auto* text = std::get_if<std::string>(&value)) return *text;
    return python_repr(value);
}

std::string python_repr(const Value& value) {
    struct Writer {
        std::string operator()(std::monostate) const { return "None"; }
        std::string operator()(bool b) const { return b ? "True" : "False"; }
        std::string operator()(std::int64_t i) const { return std::to_string(i); }
        std::string operator()(double d) const { return python_repr(d); }
        std::string operator()(const std::string& s) const { return text_repr(s); }
    };
    return std::visit(Writer{}, value);
}

Value value_of_word(std::string_view word) {
    word = trim(word);
    if (word == "None") return std::monostate{};
    if (word == "True") return true;
    if (word == "False") return false;
    // Words like "inf" and "nan" are names here: no hyperparameter can have these values.
    const bool numeric = word.find_first_of("0123456789") != std::string_view::npos;
    if (numeric) {
        if (const auto integer = to_integer(word)) return *integer;
        if (const auto number = to_double(word)) return *number;
    }
    return std::string(word);
}

std::string_view type_name(const Value& value) {
    constexpr std::array<std::string_view, 5> names{"None", "bool", "int", "float", "str"};
    return names[value.index()];
}

std::optional<double> as_number(const Value& value) {
    if (const auto* integer = std::get_if<std::int64_t>(&value))
        return static_cast<double>(*integer);
    if (const auto* number = std::get_if<double>(&value)) return *number;
    return std::nullopt;
}

std::optional<std::int64_t> as_integer(const Value& value) {
    if (const auto* integer = std::get_if<std::int64_t>(&value)) return *integer;
    if (const auto* number = std::get_if<double>(&value)) {
        if (*number == std::floor(*number) && std::abs(*number) < 0x1p63) {
            return static_cast<std::int64_t>(*number);
        }
    }
    return std::nullopt;
}

std::optional<bool> as_bool(const Value& value) {
    if (const auto* flag = std::get_if<bool>(&value)) return *flag;
    if (const auto* text = std::get_if<std::string>(&value)) return to_bool(*text);
    if (const auto* integer = std::get_if<std::int64_t>(&value)) {
        if (*integer == 0 || *integer == 1) return *integer == 1;
    }
    return std::nullopt;
}

std::optional<std::string> as_text(const Value& value) {
    if (const auto* text = std::get_if<std::string>(&value)) return *text;
    return std::nullopt;
}

}  // namespace msunet::core

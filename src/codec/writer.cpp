// SPDX-License-Identifier: Apache-2.0
#include "msunet/codec/writer.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

namespace msunet::codec {

namespace {

/// Printable ASCII that JSON doesn't escape.
bool is_plain(char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; }

std::string hex_of(std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string hex;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        hex += digits[byte / 16U];
        hex += digits[byte % 16U];
    }
    return hex;
}

}  // namespace

void Writer::write(double value) {
    if (std::isnan(value)) return write_text("nan");
    if (std::isinf(value)) return write_text(value > 0 ? "inf" : "-inf");
    std::array<char, 32> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    const std::string_view text(digits.data(), static_cast<std::size_t>(end - digits.data()));
    text_ += text;
    // A reader tells a float from an integer by its text.
    if (text.find_first_of(".e") == std::string_view::npos) text_ += ".0";
}

void Writer::write(const core::Value& value) {
    // A float that JSON lacks would read as a text.
    if (const auto* number = std::get_if<double>(&value); number && !std::isfinite(*number)) {
        const Object object(*this);
        return (*this)("float", *number);
    }
    std::visit(
        [this]<class T>(const T& held) {
            if constexpr (std::is_same_v<T, std::monostate>) {
                text_ += "null";
            } else {
                write(held);
            }
        },
        value);
}

void Writer::key(std::string_view name) {
    separate();
    text_ += nlohmann::json(name).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    text_ += ':';
}

void Writer::write_text(std::string_view text) {
    if (std::ranges::all_of(text, is_plain)) {
        text_ += '"';
        text_ += text;
        text_ += '"';
        return;
    }
    try {
        text_ += nlohmann::json(text).dump();
    } catch (const nlohmann::json::type_error&) {
        // JSON is UTF-8; a file's name may not be.
        const Object object(*this);
        (*this)("hex", hex_of(text));
    }
}

}  // namespace msunet::codec

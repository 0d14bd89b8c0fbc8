// SPDX-License-Identifier: Apache-2.0
#pragma once

// Two archives that walk the members of a record: one writes JSON, one reads it. Each struct lists
// its members once, in fields.hpp.

#include <array>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "msunet/core/error.hpp"
#include "msunet/core/text.hpp"
#include "msunet/core/value.hpp"

namespace msunet::record {

using Json = nlohmann::ordered_json;

/// An enumeration with its names; specialised in fields.hpp.
template <class T>
struct Names;

template <class T>
concept Named = requires(T value, std::string_view name) {
    { Names<T>::text(value) } -> std::convertible_to<std::string_view>;
    { Names<T>::parse(name) } -> std::same_as<std::optional<T>>;
};

/// Members that stand in a struct's `fields` as `archive("name", member)` are always written, those
/// as `archive.maybe("name", member)` only where they differ from their default.
class Writer {
public:
    template <class T>
    void operator()(std::string_view name, const T& value) {
        json_[std::string(name)] = encode(value);
    }
    template <class T>
    void maybe(std::string_view name, const T& value) {
        if (!(value == T{})) (*this)(name, value);
    }
    Json take() { return std::move(json_); }

    static Json encode(bool value) { return value; }
    static Json encode(double value) {
        if (std::isfinite(value)) return value;
        if (std::isnan(value)) return "nan";
        return value > 0 ? "inf" : "-inf";
    }
    static Json encode(const std::string& value) { return value; }
    template <std::integral T>
    static Json encode(T value) {
        return value;
    }
    template <Named T>
    static Json encode(T value) {
        return std::string(Names<T>::text(value));
    }
    template <class T>
    static Json encode(const std::optional<T>& value) {
        return value ? encode(*value) : Json(nullptr);
    }
    template <class T>
    static Json encode(const std::vector<T>& values) {
        Json array = Json::array();
        for (const T& value : values) array.push_back(encode(value));
        return array;
    }
    template <class T, std::size_t n>
    static Json encode(const std::array<T, n>& values) {
        Json array = Json::array();
        for (const T& value : values) array.push_back(encode(value));
        return array;
    }
    template <class T>
    static Json encode(const std::map<std::string, T, std::less<>>& values) {
        Json object = Json::object();
        for (const auto& [name, value] : values) object[name] = encode(value);
        return object;
    }
    /// A float that JSON can't hold is told from a text by the object around it.
    static Json encode(const core::Value& value) {
        if (std::holds_alternative<std::monostate>(value)) return nullptr;
        if (const auto* number = std::get_if<double>(&value); number && !std::isfinite(*number)) {
            return Json{{"float", encode(*number)}};
        }
        return std::visit(
            [](const auto& held) -> Json {
                if constexpr (std::is_same_v<std::decay_t<decltype(held)>, std::monostate>) {
                    return nullptr;
                } else {
                    return held;
                }
            },
            value);
    }
    template <class T>
    requires requires(Writer& archive, const T& value) { fields(archive, value); }
    static Json encode(const T& value) {
        Writer inner;
        fields(inner, value);
        return inner.take();
    }

private:
    Json json_ = Json::object();
};

/// Reads what Writer wrote; throws core::InputError naming the member.
class Reader {
public:
    explicit Reader(const Json& json, std::string where = {})
        : json_(json), where_(std::move(where)) {
        if (!json.is_object()) fail("an object");
    }

    template <class T>
    void operator()(std::string_view name, T& value) {
        const auto found = json_.find(std::string(name));
        if (found == json_.end()) {
            throw core::InputError(core::quoted(member(name)) + " is missing");
        }
        decode(*found, value, member(name));
    }
    template <class T>
    void maybe(std::string_view name, T& value) {
        value = T{};
        const auto found = json_.find(std::string(name));
        if (found != json_.end()) decode(*found, value, member(name));
    }

    static void decode(const Json& json, bool& value, const std::string& where) {
        if (!json.is_boolean()) fail(where, "true or false");
        value = json.get<bool>();
    }
    static void decode(const Json& json, double& value, const std::string& where) {
        constexpr double infinity = std::numeric_limits<double>::infinity();
        if (json.is_number()) {
            value = json.get<double>();
        } else if (json == "nan") {
            value = std::numeric_limits<double>::quiet_NaN();
        } else if (json == "inf") {
            value = infinity;
        } else if (json == "-inf") {
            value = -infinity;
        } else {
            fail(where, "a number");
        }
    }
    static void decode(const Json& json, std::string& value, const std::string& where) {
        if (!json.is_string()) fail(where, "a text");
        value = json.get<std::string>();
    }
    template <std::integral T>
    static void decode(const Json& json, T& value, const std::string& where) {
        if (json.is_number_unsigned() && std::in_range<T>(json.get<std::uint64_t>())) {
            value = static_cast<T>(json.get<std::uint64_t>());
        } else if (json.is_number_integer() && !json.is_number_unsigned() &&
                   std::in_range<T>(json.get<std::int64_t>())) {
            value = static_cast<T>(json.get<std::int64_t>());
        } else {
            fail(where, "an integer in range");
        }
    }
    template <Named T>
    static void decode(const Json& json, T& value, const std::string& where) {
        std::optional<T> known;
        if (json.is_string()) known = Names<T>::parse(json.get<std::string>());
        if (!known) fail(where, "a known name");
        value = *known;
    }
    template <class T>
    static void decode(const Json& json, std::optional<T>& value, const std::string& where) {
        value.reset();
        if (!json.is_null()) decode(json, value.emplace(), where);
    }
    template <class T>
    static void decode(const Json& json, std::vector<T>& values, const std::string& where) {
        if (!json.is_array()) fail(where, "an array");
        values.clear();
        for (const Json& element : json) decode(element, values.emplace_back(), where + "[]");
    }
    template <class T, std::size_t n>
    static void decode(const Json& json, std::array<T, n>& values, const std::string& where) {
        if (!json.is_array() || json.size() != n) fail(where, "an array of fixed length");
        for (std::size_t i = 0; i < n; ++i) decode(json[i], values[i], where + "[]");
    }
    template <class T>
    static void decode(const Json& json, std::map<std::string, T, std::less<>>& values,
                       const std::string& where) {
        if (!json.is_object()) fail(where, "an object");
        values.clear();
        for (const auto& [name, element] : json.items()) {
            decode(element, values[name], core::concat(where, ".", name));
        }
    }
    static void decode(const Json& json, core::Value& value, const std::string& where) {
        if (json.is_null()) {
            value = std::monostate{};
        } else if (json.is_boolean()) {
            value = json.get<bool>();
        } else if (json.is_number_float()) {
            value = json.get<double>();
        } else if (json.is_number()) {
            std::int64_t integer = 0;
            decode(json, integer, where);
            value = integer;
        } else if (json.is_string()) {
            value = json.get<std::string>();
        } else {
            double number = 0;
            Reader(json, where)("float", number);
            value = number;
        }
    }
    template <class T>
    requires requires(Reader& archive, T& value) { fields(archive, value); }
    static void decode(const Json& json, T& value, const std::string& where) {
        Reader inner(json, where);
        fields(inner, value);
    }

private:
    [[noreturn]] static void fail(const std::string& where, std::string_view expected) {
        throw core::InputError(
            core::concat(core::quoted(where.empty() ? "record" : where), " is not ", expected));
    }
    [[noreturn]] void fail(std::string_view expected) const { fail(where_, expected); }
    std::string member(std::string_view name) const {
        return where_.empty() ? std::string(name) : core::concat(where_, ".", name);
    }

    const Json& json_;
    std::string where_;
};

}  // namespace msunet::record

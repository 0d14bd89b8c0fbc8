// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "msunet/codec/fields.hpp"
#include "msunet/core/named_enum.hpp"
#include "msunet/core/value.hpp"

namespace msunet::codec {

/// The archive that writes JSON, on one line.
class Writer {
public:
    /// A member that is always written.
    template <class T>
    void operator()(std::string_view name, const T& value) {
        key(name);
        write(value);
    }
    /// A member that is written where it differs from its type's default.
    template <class T>
    void optional(std::string_view name, const T& value) {
        if (!(value == T{})) (*this)(name, value);
    }
    /// A member that older files call `former`.
    template <class T>
    void renamed(std::string_view name, std::string_view /*former*/, const T& value) {
        (*this)(name, value);
    }
    /// A member that is written for other readers, and not read.
    template <class T>
    void constant(std::string_view name, const T& value) {
        (*this)(name, value);
    }
    /// A member that is stored as `stored(value)`.
    template <class T, class Stored, class Restored>
    void converted(std::string_view name, const T& value, const Stored& stored,
                   const Restored& /*restored*/) {
        (*this)(name, stored(value));
    }

    void write(std::same_as<bool> auto value) { text_ += value ? "true" : "false"; }
    void write(double value);
    void write(const std::string& value) { write_text(value); }
    void write(const core::Value& value);
    template <std::integral T>
    requires(!std::same_as<T, bool>) void write(T value) { text_ += std::to_string(value); }
    template <core::NamedEnum T>
    void write(T value) {
        write_text(core::name_of(value));
    }
    template <class T>
    void write(const std::optional<T>& value) {
        if (value) {
            write(*value);
        } else {
            text_ += "null";
        }
    }
    template <class T>
    void write(const std::vector<T>& values) {
        write_list(values);
    }
    template <class T, std::size_t n>
    void write(const std::array<T, n>& values) {
        write_list(values);
    }
    template <class T>
    void write(const std::map<std::string, T, std::less<>>& values) {
        const Object object(*this);
        for (const auto& [name, value] : values) (*this)(name, value);
    }
    template <class... Ts>
    requires requires { Tag<std::variant<Ts...>>::key; }
    void write(const std::variant<Ts...>& value) {
        const Object object(*this);
        std::visit(
            [this]<class T>(const T& held) {
                key(Tag<std::variant<Ts...>>::key);
                write_text(T::name);
                fields(*this, held);
            },
            value);
    }
    template <class T>
    requires requires(Writer& archive, const T& value) { fields(archive, value); }
    void write(const T& value) {
        const Object object(*this);
        fields(*this, value);
    }

    [[nodiscard]] std::string take() { return std::move(text_); }

private:
    class Object {
    public:
        explicit Object(Writer& writer) : writer_(writer) { writer_.text_ += '{'; }
        ~Object() { writer_.text_ += '}'; }
        Object(const Object&) = delete;
        Object& operator=(const Object&) = delete;

    private:
        Writer& writer_;
    };

    void write_list(const auto& values) {
        text_ += '[';
        for (const auto& value : values) {
            separate();
            write(value);
        }
        text_ += ']';
    }
    void separate() {
        if (text_.back() != '[' && text_.back() != '{') text_ += ',';
    }
    void key(std::string_view name);
    void write_text(std::string_view text);

    std::string text_;
};

}  // namespace msunet::codec

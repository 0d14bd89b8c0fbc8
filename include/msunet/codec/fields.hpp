// SPDX-License-Identifier: Apache-2.0
/// \file
/// How a type lists its members for `to_json` and `from_json`.
///
/// A struct has one function template beside it, in its own namespace, for writing and reading:
///
///     template <class Archive, codec::Is<Point> T>
///     void fields(Archive& archive, T& value) {
///         archive("x", value.x);
///         archive.optional("label", value.label);
///     }
///
/// Members may be booleans, integers, doubles, texts, `core::Value`, enumerations with `Names`,
/// structs with `fields`, variants with `Tag`, and optionals, vectors, arrays and maps of these.
#pragma once

#include <concepts>
#include <optional>
#include <string_view>
#include <type_traits>

#include "msunet/core/modality.hpp"
#include "msunet/core/options.hpp"

namespace msunet::codec {

/// `T` is `Of` or `const Of`: a writer sees constants.
template <class T, class Of>
concept Is = std::same_as<std::remove_const_t<T>, Of>;

/// An enumeration's names: specialise with `text(value)` and `parse(name)`.
template <class T>
struct Names;

template <class T>
concept Named = requires(T value, std::string_view name) {
    { Names<T>::text(value) } -> std::convertible_to<std::string_view>;
    { Names<T>::parse(name) } -> std::same_as<std::optional<T>>;
};

/// A variant's first member, which identifies the alternative: specialise with `key`. Each
/// alternative is a struct with `fields` and `static constexpr std::string_view name`.
template <class Variant>
struct Tag;

template <>
struct Names<core::Modality> {
    static std::string_view text(core::Modality value) { return core::name_of(value); }
    static std::optional<core::Modality> parse(std::string_view name) {
        return core::modality_named(name);
    }
};

template <>
struct Names<core::Affects> {
    static std::string_view text(core::Affects value) {
        switch (value) {
            case core::Affects::data:
                return "data";
            case core::Affects::result:
                return "result";
            case core::Affects::run:
                break;
        }
        return "run";
    }
    static std::optional<core::Affects> parse(std::string_view name) {
        for (const auto value : {core::Affects::data, core::Affects::result, core::Affects::run}) {
            if (name == text(value)) return value;
        }
        return std::nullopt;
    }
};

template <class Archive, Is<core::OptionText> T>
void fields(Archive& archive, T& value) {
    archive("name", value.name);
    archive("value", value.text);
    archive("affects", value.affects);
}

}  // namespace msunet::codec

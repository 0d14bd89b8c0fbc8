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
/// Members may be booleans, integers, doubles, texts, `core::Value`, enumerations with names,
/// structs with `fields`, variants with `Tag`, and optionals, vectors, arrays and maps of these.
#pragma once

#include <concepts>
#include <type_traits>

#include "msunet/core/options.hpp"

namespace msunet::codec {

/// `T` is `Of` or `const Of`: a writer sees constants.
template <class T, class Of>
concept Is = std::same_as<std::remove_const_t<T>, Of>;

/// A variant's first member, which identifies the alternative: specialise with `key`. Each
/// alternative is a struct with `fields` and `static constexpr std::string_view name`.
template <class Variant>
struct Tag;

template <class Archive, Is<core::OptionText> T>
void fields(Archive& archive, T& value) {
    archive("name", value.name);
    archive("value", value.text);
    archive("affects", value.affects);
}

}  // namespace msunet::codec

// SPDX-License-Identifier: Apache-2.0
/// \file
/// The names of an enum's values, listed once beside the enum:
///
///     enum class KeepModels : std::uint8_t { best, all };
///     constexpr std::array<std::string_view, 2> names_of(KeepModels) { return {"best", "all"}; }
///
/// Options, help, completion, files and messages use this table. An enum may also have
/// `aliases_of`, an array of `core::Alias`: names that are read but not written.
#pragma once

#include <concepts>
#include <cstddef>
#include <optional>
#include <string_view>
#include <type_traits>
#include <vector>

#include "msunet/core/text.hpp"

namespace msunet::core {

/// An enum whose values count from 0 and have a name each in `names_of`.
template <class E>
concept NamedEnum = std::is_enum_v<E> && requires(E value) {
    { names_of(value)[0] } -> std::convertible_to<std::string_view>;
};

/// Another name of a value.
template <class E>
struct Alias {
    std::string_view name;
    E value;
};

/// The name of a value.
template <NamedEnum E>
[[nodiscard]] constexpr std::string_view name_of(E value) {
    return names_of(value)[static_cast<std::size_t>(value)];
}

/// All names, in the order of the values.
template <NamedEnum E>
[[nodiscard]] std::vector<std::string_view> all_names() {
    const auto names = names_of(E{});
    return {names.begin(), names.end()};
}

/// The value of a name or alias, compared by `plain_name`; none if there is none.
template <NamedEnum E>
[[nodiscard]] std::optional<E> value_named(std::string_view name) {
    const std::string plain = plain_name(name);
    const auto names = names_of(E{});
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (plain_name(names[i]) == plain) return static_cast<E>(i);
    }
    if constexpr (requires { aliases_of(E{}); }) {
        for (const Alias<E>& alias : aliases_of(E{})) {
            if (plain_name(alias.name) == plain) return alias.value;
        }
    }
    return std::nullopt;
}

}  // namespace msunet::core

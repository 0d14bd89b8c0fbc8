// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "msunet/codec/fields.hpp"
#include "msunet/codec/node.hpp"
#include "msunet/core/error.hpp"
#include "msunet/core/named_enum.hpp"
#include "msunet/core/text.hpp"

namespace msunet::codec {

/// The archive that reads what `Writer` wrote. Throws core::InputError naming the member that is
/// missing or of the wrong type. Members that no call names are ignored.
class Reader {
public:
    /// `object` must outlive the reader.
    explicit Reader(const Node& object) : object_(object) { object.require_object(); }

    template <class T>
    void operator()(std::string_view name, T& value) {
        const auto found = object_.find(name);
        if (!found) {
            throw core::InputError({.key = object_.place(name), .problem = "is missing"});
        }
        read(*found, value);
    }
    template <class T>
    void optional(std::string_view name, T& value) {
        value = T{};
        if (const auto found = object_.find(name)) read(*found, value);
    }
    template <class T>
    void renamed(std::string_view name, std::string_view former, T& value) {
        (*this)(object_.find(former) ? former : name, value);
    }
    template <class T>
    void constant(std::string_view /*name*/, const T& /*value*/) {}
    template <class T, class Stored, class Restored>
    void converted(std::string_view name, T& value, const Stored& stored,
                   const Restored& restored) {
        std::decay_t<decltype(stored(std::as_const(value)))> kept{};
        (*this)(name, kept);
        value = restored(std::move(kept));
    }

    template <class T>
    requires requires(const Node& node, T& value) { node.read(value); }
    static void read(const Node& node, T& value) { node.read(value); }
    template <std::integral T>
    requires(!std::same_as<T, bool> && !std::same_as<T, std::int64_t> &&
             !std::same_as<T, std::uint64_t>) static void read(const Node& node, T& value) {
        std::conditional_t<std::is_signed_v<T>, std::int64_t, std::uint64_t> wide = 0;
        node.read(wide);
        if (!std::in_range<T>(wide)) node.fail("an integer in range");
        value = static_cast<T>(wide);
    }
    /// The value of a name as it is written; nothing if there is none.
    template <core::NamedEnum T>
    static std::optional<T> value_of(std::string_view name) {
        const auto names = names_of(T{});
        const auto found = std::find(names.begin(), names.end(), name);
        if (found == names.end()) return std::nullopt;
        return static_cast<T>(found - names.begin());
    }
    template <core::NamedEnum T>
    static void read(const Node& node, T& value) {
        std::string name;
        node.read(name);
        const std::optional<T> known = value_of<T>(name);
        if (!known) node.fail(core::concat("one of ", core::join(core::all_names<T>())));
        value = *known;
    }
    template <class T>
    static void read(const Node& node, std::optional<T>& value) {
        value.reset();
        if (!node.is_null()) read(node, value.emplace());
    }
    template <class T>
    static void read(const Node& node, std::vector<T>& values) {
        values.clear();
        for (const Node& element : node.elements()) read(element, values.emplace_back());
    }
    template <class T, std::size_t n>
    static void read(const Node& node, std::array<T, n>& values) {
        const std::vector<Node> elements = node.elements();
        if (elements.size() != n) node.fail("an array of fixed length");
        for (std::size_t i = 0; i < n; ++i) read(elements[i], values[i]);
    }
    template <class T>
    static void read(const Node& node, std::map<std::string, T, std::less<>>& values) {
        values.clear();
        for (const auto& [name, value] : node.members()) read(value, values[std::string(name)]);
    }
    template <class... Ts>
    requires requires { Tag<std::variant<Ts...>>::key; }
    static void read(const Node& node, std::variant<Ts...>& value) {
        constexpr std::string_view key = Tag<std::variant<Ts...>>::key;
        Reader reader(node);
        std::string name;
        reader(key, name);
        if (!(reader.try_alternative<Ts>(name, value) || ...)) {
            throw core::InputError({.kind = core::concat("the ", key),
                                    .key = std::string(name),
                                    .problem = "is unknown"});
        }
    }
    template <class T>
    requires requires(Reader& archive, T& value) { fields(archive, value); }
    static void read(const Node& node, T& value) {
        Reader reader(node);
        fields(reader, value);
    }

private:
    template <class T, class Variant>
    bool try_alternative(std::string_view name, Variant& value) {
        bool known = name == T::name;
        if constexpr (requires { T::former_name; }) known = known || name == T::former_name;
        if (known) fields(*this, value.template emplace<T>());
        return known;
    }

    const Node& object_;
};

}  // namespace msunet::codec

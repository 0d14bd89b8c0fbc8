// SPDX-License-Identifier: Apache-2.0
/// \file
/// Reads a dictionary of names and values as Python writes it, as far as a parameter grid needs it,
/// also as the user guide prints it (without braces, with bare names, with blanks in names). JSON
/// is read too.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "msunet/core/value.hpp"

namespace msunet::config {

/// The right side of one entry.
struct LiteralValue {
    enum class Form { single, list, tuple };
    Form form = Form::single;
    std::vector<core::Value> items;
};

struct LiteralEntry {
    std::string key;
    LiteralValue value;
    /// Of the key, both from 1.
    std::size_t line = 1;
    std::size_t column = 1;
};

using LiteralDictionary = std::vector<LiteralEntry>;

/// Whether a text is a call, `name(arguments)`, as parse_literal reads it: with matching quotes and
/// square brackets and no other brackets inside. A call is a value, its text.
[[nodiscard]] bool is_call(std::string_view text);

/// Throws core::UsageError with line and column. Values don't nest, so there is no recursion.
[[nodiscard]] LiteralDictionary parse_literal(std::string_view text);

}  // namespace msunet::config

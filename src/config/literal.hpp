// SPDX-License-Identifier: Apache-2.0
#pragma once

// A dictionary of names to values as Python writes it: what a parameter grid needs of the language,
// with the liberties of the user guide (no braces, bare names, blanks in them). JSON reads the
// same.

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

/// Throws core::UsageError with line and column. It can't recurse: values don't nest.
[[nodiscard]] LiteralDictionary parse_literal(std::string_view text);

}  // namespace msunet::config

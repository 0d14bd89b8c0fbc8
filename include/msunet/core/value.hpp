// SPDX-License-Identifier: Apache-2.0
/// \file
/// A hyperparameter's value, and its text as Python writes it: the CSVs are read by pandas and
/// compared with those of the Python trainer.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace msunet::core {

/// None, a boolean, an integer, a float or a text.
using Value = std::variant<std::monostate, bool, std::int64_t, double, std::string>;

/// Python's repr of a float: the shortest decimal text that reads back as the same double,
/// with "1.0", "1e-05", "0.0001", "1e+16", "inf", "-inf", "nan".
[[nodiscard]] std::string python_repr(double value);

/// Python's repr of a float32 that was widened to double, as NumPy's float32 appears in the CSVs
/// of the Python trainer (0.1f is "0.10000000149011612").
[[nodiscard]] std::string python_repr(float value);

/// Python's str(): "None", "True", "False", integers, floats as repr, texts as they stand.
[[nodiscard]] std::string python_str(const Value& value);

/// Python's repr(): as python_str, with texts in quotes and escaped.
[[nodiscard]] std::string python_repr(const Value& value);

/// What a bare word means: None, True/False, an integer, a float, otherwise the text itself.
/// Accepts ".001", "1.", "1e-3", "+5". Only Python's spellings of None, True and False count.
[[nodiscard]] Value value_of_word(std::string_view word);

/// Python's name for the type: "None", "bool", "int", "float", "str".
[[nodiscard]] std::string_view type_name(const Value& value);

/// An integer or float as double; booleans and texts are none.
[[nodiscard]] std::optional<double> as_number(const Value& value);

/// An integer, or a float without a fraction that fits one.
[[nodiscard]] std::optional<std::int64_t> as_integer(const Value& value);

/// A boolean, the integers 0 and 1, or a boolean word (see to_bool in text.hpp).
[[nodiscard]] std::optional<bool> as_bool(const Value& value);

/// A text; other types are none.
[[nodiscard]] std::optional<std::string> as_text(const Value& value);

}  // namespace msunet::core

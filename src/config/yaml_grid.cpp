// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cctype>

#include "config/literal.hpp"
#include "config/yaml_text.hpp"
#include "msunet/core/error.hpp"
#include "msunet/core/text.hpp"
#include "msunet/core/value.hpp"

namespace msunet::config {

namespace {

using core::concat;
using core::quoted;

[[noreturn]] void fail(std::string_view source, const YAML::Node& node,
                       const std::string& problem) {
    throw core::UsageError({.place = yaml_place(source, node), .problem = problem});
}

bool is_name(std::string_view text) {
    return !text.empty() && std::isalpha(static_cast<unsigned char>(text[0])) != 0 &&
           std::all_of(text.begin(), text.end(), [](char c) {
               return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' ||
                      c == ' ';
           });
}

/// The value of a plain scalar. YAML writes true, false and null in lower case, too.
core::Value plain_value(const std::string& text) {
    if (text == "true") return true;
    if (text == "false") return false;
    if (text == "null" || text == "~" || text.empty()) return std::monostate{};
    core::Value value = core::value_of_word(text);
    if (auto* word = std::get_if<std::string>(&value); word != nullptr && !word->starts_with('(')) {
        std::replace(word->begin(), word->end(), ' ', '_');
    }
    return value;
}

std::string scalar_text(const YAML::Node& node, std::string_view source) {
    if (node.IsNull()) return "None";
    if (!node.IsScalar()) fail(source, node, "a value or a list of values was expected here");
    const std::string& text = node.Scalar();
    if (!is_plain(node)) return core::python_repr(core::Value(text));
    if (is_call(text)) return text;
    const bool whole_range = text.starts_with('(') && text.ends_with(')');
    if (!whole_range && text.find_first_of("()[]{}'\"") != std::string::npos) {
        fail(source, node,
             concat(quoted(text), " isn't a value, put ranges, distributions and texts in quotes"));
    }
    return core::python_repr(plain_value(text));
}

}  // namespace

std::string yaml_grid_text(const YAML::Node& map, std::string_view source) {
    if (!map.IsMap()) fail(source, map, "a dictionary was expected here");
    std::string text = "{";
    for (const auto& pair : map) {
        if (!pair.first.IsScalar() || !is_name(core::trim(pair.first.Scalar()))) {
            fail(source, pair.first,
                 concat(pair.first.IsScalar() ? quoted(pair.first.Scalar()) : "this",
                        " isn't the name of a hyperparameter, put ranges, distributions and texts "
                        "in quotes"));
        }
        if (text.size() > 1) text += ", ";
        text += core::python_repr(core::Value(pair.first.Scalar())) + ": ";
        const YAML::Node& value = pair.second;
        if (!value.IsSequence()) {
            text += scalar_text(value, source);
            continue;
        }
        text += '[';
        bool first = true;
        for (const YAML::Node& item : value) {
            text += first ? "" : ", ";
            text += scalar_text(item, source);
            first = false;
        }
        text += ']';
    }
    return text + "}";
}

}  // namespace msunet::config

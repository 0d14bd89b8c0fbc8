// SPDX-License-Identifier: Apache-2.0
#include "msunet/config/grid.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <system_error>
#include <vector>

#include "config/literal.hpp"
#include "config/yaml_text.hpp"
#include "msunet/core/error.hpp"
#include "msunet/core/file.hpp"
#include "msunet/core/text.hpp"

namespace msunet::config {

namespace {

using core::concat;

constexpr std::size_t largest_text = std::size_t{1} << 20U;

/// Nothing where the text is no dictionary of YAML; what is wrong with one is added to `problem`.
std::optional<LiteralDictionary> parse_as_yaml(std::string_view text, core::Problem& problem) {
    try {
        const YAML::Node root = load_yaml(text, "as YAML");
        if (!root.IsDefined() || !root.IsMap()) return std::nullopt;
        return parse_literal(yaml_grid_text(root, "as YAML"));
    } catch (const core::UsageError& error) {
        problem.problem += concat("; ", error.what());
        return std::nullopt;
    }
}

/// First as a Python literal (or JSON), then as YAML, since yaml-cpp accepts texts that aren't YAML
/// without an error. A text that begins with a bracket is not tried as YAML.
LiteralDictionary parse_any(std::string_view text) {
    try {
        return parse_literal(text);
    } catch (const core::UsageError& error) {
        core::Problem problem = error.data().front();
        problem.place.insert(0, "the parameter grid can't be read: ");
        const std::string_view front = core::trim(text).substr(0, 1);
        if (front != "{" && front != "(" && front != "[") {
            if (auto read = parse_as_yaml(text, problem)) return *std::move(read);
        }
        throw core::UsageError(problem);
    }
}

/// `(start, end, steps)` from its three values; what is wrong otherwise.
std::optional<std::string> read_range(const std::vector<core::Value>& items,
                                      core::GridRange& range) {
    if (items.size() != 3) {
        return concat("has ", items.size(),
                      " values in round brackets; a range is (start, end, steps), a list of values "
                      "has square brackets");
    }
    const auto steps = core::as_integer(items[2]);
    const auto start = core::as_number(items[0]);
    const auto end = core::as_number(items[1]);
    if (!start || !end) return "is a range whose start and end aren't both numbers";
    if (!steps || *steps < 1) return "is a range whose steps aren't an integer of 1 or more";
    if (*start == *end) return "is a range whose start and end are equal, it has no values";
    range = {items[0], items[1], *steps};
    return std::nullopt;
}

/// A text like "(1e-4, 1e-2, 5)" in quotes.
std::optional<std::vector<core::Value>> range_in_text(const LiteralValue& value) {
    if (value.form != LiteralValue::Form::single) return std::nullopt;
    const auto text = core::as_text(value.items.front());
    if (!text) return std::nullopt;
    const std::string_view trimmed = core::trim(*text);
    if (!trimmed.starts_with('(') || !trimmed.ends_with(')')) return std::nullopt;
    std::vector<core::Value> items;
    for (const std::string& part : core::split(trimmed.substr(1, trimmed.size() - 2), ',')) {
        items.push_back(core::value_of_word(part));
    }
    return items;
}

std::optional<std::string> read_value(const LiteralValue& value, core::GridEntry& entry) {
    if (const auto items = range_in_text(value)) {
        return read_range(*items, entry.range.emplace());
    }
    if (value.form == LiteralValue::Form::tuple) {
        return read_range(value.items, entry.range.emplace());
    }
    if (value.items.empty()) return "has no values";
    entry.values = value.items;
    return std::nullopt;
}

const std::string* find_key(const std::string& key, std::span<const std::string> keys) {
    const auto found = std::find_if(keys.begin(), keys.end(), [&](const std::string& known) {
        return core::plain_name(known) == core::plain_name(key);
    });
    return found == keys.end() ? nullptr : &*found;
}

core::Problem unknown(const std::string& key, std::span<const std::string> keys) {
    const std::string meant = core::did_you_mean(key, keys);
    return {.key = key,
            .expected = core::join(keys),
            .problem = "isn't a hyperparameter",
            .why = meant.empty() ? concat("those are ", core::join(keys)) : "",
            .advice = meant};
}

}  // namespace

core::GridEntries parse_grid(std::string_view text, std::span<const std::string> keys,
                             std::span<const std::string> others) {
    if (text.size() > largest_text) {
        throw core::UsageError({.kind = "the parameter grid",
                                .problem = concat("has ", text.size(), " bytes, at most ",
                                                  largest_text, " are allowed")});
    }
    core::GridEntries grid;
    std::vector<core::Problem> problems;
    for (const LiteralEntry& literal : parse_any(text)) {
        const std::string* key = find_key(literal.key, keys);
        if (key == nullptr) key = find_key(literal.key, others);
        if (key == nullptr) {
            problems.push_back(unknown(literal.key, keys));
            continue;
        }
        core::GridEntry entry;
        entry.name = *key;
        if (const auto problem = read_value(literal.value, entry)) {
            problems.push_back({.key = entry.name, .problem = *problem});
        } else if (grid.contains(entry.name)) {
            problems.push_back(
                {.key = entry.name, .problem = "is given twice", .advice = "remove one"});
        } else {
            grid.emplace(entry.name, entry);
        }
    }
    if (!problems.empty()) {
        for (core::Problem& problem : problems) problem.kind = "in the parameter grid";
        throw core::UsageError(problems);
    }
    return grid;
}

core::GridEntries load_grid(const std::string& text_or_path, std::span<const std::string> keys,
                            std::span<const std::string> others) {
    constexpr std::size_t longest_path = 4096;
    std::error_code error;
    const bool may_be_path =
        text_or_path.size() < longest_path && text_or_path.find('\n') == std::string::npos;
    if (may_be_path && std::filesystem::exists(text_or_path, error) && !error) {
        try {
            return parse_grid(core::read_file(text_or_path), keys, others);
        } catch (const core::Error& failure) {
            std::vector<core::Problem> problems = failure.data();
            for (core::Problem& problem : problems) {
                problem.place =
                    concat(text_or_path, problem.place.empty() ? "" : ": ", problem.place);
            }
            throw core::UsageError(problems);
        }
    }
    if (may_be_path && text_or_path.find_first_of(":{") == std::string::npos &&
        !core::trim(text_or_path).empty()) {
        throw core::UsageError(
            {.path = text_or_path,
             .kind = "the parameter grid",
             .problem = "is neither a file nor a dictionary",
             .advice = "check the path or give something like \"{'lr': [0.001, 0.01]}\""});
    }
    return parse_grid(text_or_path, keys, others);
}

namespace {

/// As parse_grid reads it: a call as it stands.
std::string value_text(const core::Value& value) {
    const auto* text = std::get_if<std::string>(&value);
    return text != nullptr && is_call(*text) ? *text : core::python_repr(value);
}

}  // namespace

std::string grid_text(const core::GridEntries& grid) {
    std::string text = "{";
    for (const auto& [name, entry] : grid) {
        if (text.size() > 1) text += ", ";
        text += core::python_repr(core::Value(name)) + ": ";
        if (entry.range) {
            text += concat("(", core::python_repr(entry.range->start), ", ",
                           core::python_repr(entry.range->end), ", ", entry.range->steps, ")");
            continue;
        }
        std::vector<std::string> values;
        for (const core::Value& value : entry.values) values.push_back(value_text(value));
        const bool is_distribution = values.size() == 1 && is_call(values.front());
        text += is_distribution ? values.front() : concat("[", core::join(values), "]");
    }
    return text + "}";
}

}  // namespace msunet::config

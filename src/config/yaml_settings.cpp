// SPDX-License-Identifier: Apache-2.0
#include <map>

#include "config/option_list.hpp"
#include "config/yaml_text.hpp"
#include "msunet/config/parse.hpp"
#include "msunet/core/error.hpp"
#include "msunet/core/file.hpp"
#include "msunet/core/text.hpp"

namespace msunet::config {

namespace {

using core::concat;

std::string_view found_text(const YAML::Node& node) {
    if (node.IsMap()) return "a map";
    return node.IsSequence() ? "a list" : "a value";
}

/// A YAML value as the texts that would stand on the command line. Throws UsageError.
std::vector<std::string> value_texts(const OptionEntry& entry, const YAML::Node& value,
                                     std::string_view source) {
    if (value.IsScalar()) return {value.Scalar()};
    if (value.IsMap() && entry.kind == OptionKind::text && entry.info.choices.empty()) {
        return {yaml_grid_text(value, source)};
    }
    const bool list_fits = entry.kind == OptionKind::list && value.IsSequence();
    std::vector<std::string> texts;
    if (list_fits) {
        for (const YAML::Node& item : value) {
            if (!item.IsScalar()) break;
            texts.push_back(item.Scalar());
        }
        if (texts.size() == value.size()) return texts;
    }
    throw core::UsageError(
        {.place = yaml_place(source, value),
         .key = std::string(entry.info.name),
         .expected = std::string(kind_text(entry.kind)),
         .problem = concat("is ", found_text(value), ", allowed is ", kind_text(entry.kind))});
}

}  // namespace

Settings parse_yaml(const Schema& schema, std::string_view text, std::string_view source) {
    const YAML::Node root = load_yaml(text, source);
    if (!root.IsDefined() || root.IsNull()) return {};
    if (!root.IsMap()) {
        throw core::UsageError(
            {.place = std::string(source),
             .problem = concat(found_text(root), " where 'option: value' lines were expected")});
    }
    const OptionIndex index(schema);
    Settings settings;
    std::vector<core::Problem> problems;
    std::map<std::string_view, std::string> seen;
    for (const auto& pair : root) {
        const std::string place = yaml_place(source, pair.first);
        if (!pair.first.IsScalar()) {
            problems.push_back({.place = place, .problem = "an option's name was expected"});
            continue;
        }
        const std::string& key = pair.first.Scalar();
        const OptionEntry* entry = index.find(key);
        if (entry == nullptr) {
            problems.push_back(index.unknown("an option", key, key));
            problems.back().place = place;
            continue;
        }
        if (entry->info.command_line_only) {
            problems.push_back({.place = place,
                                .key = key,
                                .problem = "belongs on the command line",
                                .advice = "remove it here"});
            continue;
        }
        if (const auto [at, fresh] = seen.emplace(entry->info.name, place); !fresh) {
            problems.push_back({.place = place,
                                .key = key,
                                .problem = "was given before",
                                .why = at->second,
                                .advice = "remove one"});
            continue;
        }
        // A key without a value has no effect.
        if (pair.second.IsNull()) continue;
        try {
            settings.push_back({std::string(entry->info.name),
                                value_texts(*entry, pair.second, source),
                                concat(place, ": ", key)});
        } catch (const core::UsageError& error) {
            problems.insert(problems.end(), error.data().begin(), error.data().end());
        }
    }
    if (!problems.empty()) throw core::UsageError(problems);
    return settings;
}

Settings read_yaml(const Schema& schema, const std::string& path) {
    std::string text;
    try {
        text = core::read_file(path);
    } catch (const core::FileError& error) {
        throw core::UsageError(error.data());
    }
    return parse_yaml(schema, text, path);
}

}  // namespace msunet::config

// SPDX-License-Identifier: Apache-2.0
/// \file
/// From argv and YAML to filled option structs.
///
///     auto given = config::parse_command_line(schema, arguments);
///     config::apply(schema, config::parse_yaml(schema, text, "my.yaml"), given);
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "msunet/config/schema.hpp"

namespace msunet::config {

/// A value that the user gave to an option.
struct Setting {
    /// The option's long name.
    std::string name;
    /// One text, or several for a list.
    std::vector<std::string> values;
    /// Its place, for messages: "-tpath" or "my.yaml, line 12: training_data_path".
    std::string origin;
};

using Settings = std::vector<Setting>;

/// Whether options marked `required` must be given.
enum class Required { checked, ignored };

/// `arguments` without the program and the command. Accepts `-tpath x`, `-tpath=x`,
/// `--training_data_path x`, `--training-data-path=x`; names are compared by core::plain_name. A
/// boolean needs no value. Other arguments are values of the positional options. Throws UsageError
/// with every unknown option (and the nearest known name), missing value and stray argument.
[[nodiscard]] Settings parse_command_line(const Schema& schema,
                                          std::span<const std::string> arguments);

/// YAML with the options' long names or aliases as keys, compared by core::plain_name. A map given
/// to a text option (the parameter grid) becomes the text of a Python dictionary. Throws UsageError
/// with `source` and line for every unknown, doubled or misplaced key.
[[nodiscard]] Settings parse_yaml(const Schema& schema, std::string_view text,
                                  std::string_view source);

/// parse_yaml of a file. Throws UsageError, also where it can't be read.
[[nodiscard]] Settings read_yaml(const Schema& schema, const std::string& path);

/// Fills the structs: `yaml` first, then `command_line` over it. Throws UsageError with every
/// value of a wrong type or out of range, and every required option that is missing.
void apply(const Schema& schema, const Settings& yaml, const Settings& command_line,
           Required required = Required::checked);

/// The last value given to `name`, if any: to find --config before the others are applied.
[[nodiscard]] std::optional<std::string> given_value(const Settings& settings,
                                                     std::string_view name);

}  // namespace msunet::config

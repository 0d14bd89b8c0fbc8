// SPDX-License-Identifier: Apache-2.0
#pragma once

// From argv and YAML to filled option structs.
//
//     auto given = config::parse_command_line(schema, arguments);
//     config::apply(schema, config::parse_yaml(schema, text, "my.yaml"), given);

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "msunet/config/schema.hpp"

namespace msunet::config {

/// A value that somebody gave an option.
struct Setting {
    /// The option's long name.
    std::string name;
    /// One text, or several for a list.
    std::vector<std::string> values;
    /// Where it stands, for messages: "-tpath" or "my.yaml, line 12: training_data_path".
    std::string origin;
};

using Settings = std::vector<Setting>;

/// Whether an option marked `required` must be there.
enum class Required { checked, ignored };

/// `arguments` without the program and the command. Accepts `-tpath x`, `-tpath=x`,
/// `--training_data_path x`, `--training-data-path=x`; a boolean may stand without a value. What
/// is not an option goes to the positional ones. Throws UsageError with every unknown option (and
/// its nearest known name), missing value and stray argument.
[[nodiscard]] Settings parse_command_line(const Schema& schema,
                                          std::span<const std::string> arguments);

/// YAML with the options' long names or aliases as keys ('-', '_' and ' ' alike). A map given to
/// a text option (the parameter grid) becomes the text of a Python dictionary. Throws UsageError
/// with `source` and line for every unknown, doubled or misplaced key.
[[nodiscard]] Settings parse_yaml(const Schema& schema, std::string_view text,
                                  std::string_view source);

/// parse_yaml of a file. Throws UsageError, also where it can't be read.
[[nodiscard]] Settings read_yaml(const Schema& schema, const std::string& path);

/// Fills the structs: `yaml` first, then `command_line` over it. Throws UsageError with every
/// value of a wrong type or out of range, and every required option that is missing.
void apply(const Schema& schema, const Settings& yaml, const Settings& command_line,
           Required required = Required::checked);

/// The last value that was given to `name`, if any: to find --config or --help before the rest.
[[nodiscard]] std::optional<std::string> given_value(const Settings& settings,
                                                     std::string_view name);

}  // namespace msunet::config

// SPDX-License-Identifier: Apache-2.0
/// \file
/// What the configuration file and the grid have in common in YAML.
#pragma once

#include <yaml-cpp/yaml.h>

#include <cstddef>
#include <string>
#include <string_view>

namespace msunet::config {

/// The only document of a YAML text; null for an empty one. Throws UsageError with `source`
/// and line where it isn't YAML, has several documents, or is larger than 1 MiB.
[[nodiscard]] YAML::Node load_yaml(std::string_view text, std::string_view source);

/// "my.yaml, line 12".
[[nodiscard]] std::string yaml_place(std::string_view source, const YAML::Node& node);

/// A plain scalar, not one in quotes.
[[nodiscard]] bool is_plain(const YAML::Node& node);

/// A map of grid keys to values as the text of a Python dictionary. Throws UsageError with `source`
/// and line where keys aren't plain names or values aren't scalars or lists of them: brackets that
/// aren't YAML's, which yaml-cpp reads as something else, are found here.
[[nodiscard]] std::string yaml_grid_text(const YAML::Node& map, std::string_view source);

}  // namespace msunet::config

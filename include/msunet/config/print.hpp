// SPDX-License-Identifier: Apache-2.0
/// \file
/// The description of the options as text: --print_config, --help, man pages, shell completion.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "msunet/config/schema.hpp"

namespace msunet::config {

/// Sentences about values, by the options' long names.
using Remarks = std::map<std::string, std::string, std::less<>>;

/// All effective values as commented YAML that parse_yaml reads back to the same values. A remark
/// is the last comment above its option.
[[nodiscard]] std::string config_yaml(const Schema& schema, const Remarks& remarks = {});

/// Meaning and range of an option as sentences: "Seed of the weights. Allowed: >= 0."
[[nodiscard]] std::string help_sentences(const core::OptionInfo& info);

/// Wraps each line of `text` to `width` columns (at least 40). The parts of a line keep its indent;
/// in a line with two blanks in the middle they start below the text after these.
[[nodiscard]] std::string help_paragraphs(std::string_view text, std::size_t width);

/// A page of help: `usage` and `summary` (as for help_paragraphs), then the options by section with
/// spellings, range, default and meaning, no line longer than `width` (at least 40). The structs
/// must still hold their defaults.
[[nodiscard]] std::string help_text(const Schema& schema, std::string_view usage,
                                    std::string_view summary, std::size_t width);

/// What a manual page says: the names of the page and the program, one line for the list of pages,
/// and the text of --help, wrapped to at most 78 columns.
struct ManPage {
    std::string_view name;
    std::string_view version;
    std::string_view summary;
    std::string_view help;
};

/// `page` as roff for man(1), section 1. A title of the help becomes a section; other lines keep
/// their layout.
[[nodiscard]] std::string man_page(const ManPage& page);

/// A command for completion: its name and options are those of the schema.
struct CompletionCommand {
    std::string summary;
    const Schema* schema = nullptr;
};

/// A script for bash: completes commands, options, words of choices, folders and files. Where the
/// first argument is an option, the options are those of `default_command`.
[[nodiscard]] std::string bash_completion(std::string_view program,
                                          std::span<const CompletionCommand> commands,
                                          std::string_view default_command);

}  // namespace msunet::config

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "msunet/core/options.hpp"

namespace msunet::config {

/// The option structs of a command, in sections. Parsing, YAML, help, completion and the checks of
/// the configuration walk it; none of them knows an option by name. The structs must outlive it.
class Schema {
public:
    /// `command` as in OptionInfo::commands: options that belong to other commands are left out.
    explicit Schema(std::string command) : command_(std::move(command)) {}

    /// Adds a struct for which `describe(core::OptionVisitor&, Options&)` is found beside its type.
    /// `title` heads its part of --help and --print_config; the same title may come again.
    template <class Options>
    Schema& add(const std::string& title, Options& options) {
        return add_walk(title,
                        [&options](core::OptionVisitor& visitor) { describe(visitor, options); });
    }

    /// As `add`, with the function that visits the options.
    Schema& add_walk(std::string title, std::function<void(core::OptionVisitor&)> walk);

    /// Names that users may mistake for options: keys of an option's value. `explain` gives the end
    /// of the message about one of them.
    struct Keys {
        std::vector<std::string> names;
        std::function<std::string(std::string_view)> explain;
    };
    Schema& add_keys(std::vector<std::string> names,
                     std::function<std::string(std::string_view)> explain);
    [[nodiscard]] const Keys& keys() const { return keys_; }

    [[nodiscard]] const std::string& command() const { return command_; }

    struct Section {
        std::string title;
        std::function<void(core::OptionVisitor&)> walk;
    };
    [[nodiscard]] const std::vector<Section>& sections() const { return sections_; }

    /// Shows every option of this command to the visitor, section by section.
    void walk(core::OptionVisitor& visitor) const;

    /// Every option of this command. Throws std::logic_error where two share a spelling.
    [[nodiscard]] std::vector<core::OptionInfo> infos() const;

    /// Options of these structs that other commands have, not this one.
    [[nodiscard]] std::vector<core::OptionInfo> foreign_infos() const;

private:
    std::string command_;
    std::vector<Section> sections_;
    Keys keys_;
};

/// Names and texts of the options with one of these effects, in the order of the schema, without
/// those that only the command line has: for the cache key (data) and the resume check (data and
/// result).
[[nodiscard]] std::vector<core::OptionText> option_texts(
    const Schema& schema, std::initializer_list<core::Affects> affects);

}  // namespace msunet::config

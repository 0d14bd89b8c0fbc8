// SPDX-License-Identifier: Apache-2.0
/// \file
/// The options of a schema with what parsing needs to know of their types.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "msunet/config/schema.hpp"
#include "msunet/core/problem.hpp"

namespace msunet::config {

enum class OptionKind { boolean, integer, number, text, list };

struct OptionEntry {
    core::OptionInfo info;
    OptionKind kind = OptionKind::text;
};

[[nodiscard]] std::vector<OptionEntry> list_options(const Schema& schema);

/// Name and aliases.
[[nodiscard]] std::vector<std::string> spellings(const core::OptionInfo& info);

/// Whether `name` is the option's name or an alias, compared by core::plain_name.
[[nodiscard]] bool is_spelling_of(const core::OptionInfo& info, std::string_view name);

/// "fp" as "-fp", "frac_patch" as "--frac_patch": as help and messages show it.
[[nodiscard]] std::string dashed(const core::OptionInfo& info, std::string_view spelling);

/// "True or False", "an integer", …
[[nodiscard]] std::string_view kind_text(OptionKind kind);

/// Finds options by name or alias.
class OptionIndex {
public:
    explicit OptionIndex(const Schema& schema);

    /// The option of this name or alias; null if there is none.
    [[nodiscard]] const OptionEntry* find(std::string_view spelling) const;
    [[nodiscard]] const std::vector<OptionEntry>& entries() const { return entries_; }

    /// What is wrong with an unknown name: the commands that have the option, or the nearest name
    /// or key. `shown` is the name as the user wrote it, with dashes.
    [[nodiscard]] core::Problem unknown(std::string_view what, std::string_view shown,
                                        std::string_view name) const;

private:
    const Schema& schema_;
    std::vector<OptionEntry> entries_;
};

}  // namespace msunet::config

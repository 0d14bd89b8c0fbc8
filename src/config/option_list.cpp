// SPDX-License-Identifier: Apache-2.0
#include "config/option_list.hpp"

#include <algorithm>
#include <cstdint>
#include <type_traits>

#include "msunet/core/text.hpp"

namespace msunet::config {

namespace {

template <class T>
struct Unwrapped {
    using Type = T;
};
template <class T>
struct Unwrapped<std::optional<T>> {
    using Type = T;
};

template <class T>
constexpr OptionKind kind_of() {
    using Plain = typename Unwrapped<T>::Type;
    if constexpr (std::is_same_v<Plain, bool>) {
        return OptionKind::boolean;
    } else if constexpr (std::is_same_v<Plain, std::int64_t>) {
        return OptionKind::integer;
    } else if constexpr (std::is_same_v<Plain, double>) {
        return OptionKind::number;
    } else if constexpr (std::is_same_v<Plain, std::string> ||
                         std::is_same_v<Plain, core::TextValue>) {
        return OptionKind::text;
    } else {
        return OptionKind::list;
    }
}

class Collector final : public core::UniformVisitor<Collector> {
public:
    template <class T>
    void option(const core::OptionInfo& info, T& /*value*/) {
        entries.push_back({info, kind_of<T>()});
    }

    std::vector<OptionEntry> entries;
};

}  // namespace

std::vector<OptionEntry> list_options(const Schema& schema) {
    Collector collector;
    schema.walk(collector);
    return std::move(collector.entries);
}

std::vector<std::string> spellings(const core::OptionInfo& info) {
    std::vector<std::string> all{std::string(info.name)};
    all.insert(all.end(), info.aliases.begin(), info.aliases.end());
    return all;
}

bool is_spelling_of(const core::OptionInfo& info, std::string_view name) {
    const std::string wanted = core::plain_name(name);
    const auto same = [&](std::string_view spelling) {
        return core::plain_name(spelling) == wanted;
    };
    return same(info.name) || std::any_of(info.aliases.begin(), info.aliases.end(), same);
}

std::string dashed(const core::OptionInfo& info, std::string_view spelling) {
    constexpr std::size_t longest_short_name = 8;
    const bool is_long = spelling == info.name || spelling.size() > longest_short_name ||
                         spelling.find('_') != std::string_view::npos;
    return core::concat(is_long ? "--" : "-", spelling);
}

std::string_view kind_text(OptionKind kind) {
    switch (kind) {
        case OptionKind::boolean:
            return "True or False";
        case OptionKind::integer:
            return "an integer";
        case OptionKind::number:
            return "a number";
        case OptionKind::text:
            return "a text";
        case OptionKind::list:
            return "a list";
    }
    return "";
}

OptionIndex::OptionIndex(const Schema& schema) : schema_(schema), entries_(list_options(schema)) {}

const OptionEntry* OptionIndex::find(std::string_view spelling) const {
    for (const OptionEntry& entry : entries_) {
        if (is_spelling_of(entry.info, spelling)) return &entry;
    }
    return nullptr;
}

core::Problem OptionIndex::unknown(std::string_view what, std::string_view shown,
                                   std::string_view name) const {
    core::Problem problem{
        .key = std::string(shown),
        .problem = core::concat("isn't ", what, " of ", core::quoted(schema_.command()))};
    for (const core::OptionInfo& info : schema_.foreign_infos()) {
        if (is_spelling_of(info, name)) {
            problem.why = core::concat("it is one of ", core::join(info.commands));
            return problem;
        }
    }
    std::vector<std::string> candidates;
    for (const OptionEntry& entry : entries_) {
        for (std::string& spelling : spellings(entry.info))
            candidates.push_back(std::move(spelling));
    }
    const auto& keys = schema_.keys();
    candidates.insert(candidates.end(), keys.names.begin(), keys.names.end());
    if (const auto nearest = core::nearest_name(name, candidates)) {
        const OptionEntry* entry = find(*nearest);
        const auto meant =
            entry != nullptr && shown.starts_with('-') ? dashed(entry->info, *nearest) : *nearest;
        problem.advice = entry == nullptr ? keys.explain(*nearest)
                                          : core::concat("did you mean ", core::quoted(meant), "?");
    }
    return problem;
}

}  // namespace msunet::config

// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <type_traits>

#include "config/option_list.hpp"
#include "msunet/config/parse.hpp"
#include "msunet/core/error.hpp"
#include "msunet/core/text.hpp"

namespace msunet::config {

namespace {

using core::concat;
using core::OptionInfo;

/// What is wrong with a text that is to become a value, if anything.
using Problem = std::optional<core::Problem>;

core::Problem wrong_type(const OptionInfo& info, const std::string& text, OptionKind kind) {
    return {.got = text, .expected = core::type_text(info, kind_text(kind))};
}

Problem convert(const OptionInfo& info, const std::string& text, bool& value) {
    const auto flag = core::to_bool(text);
    if (!flag) return wrong_type(info, text, OptionKind::boolean);
    value = *flag;
    return std::nullopt;
}

Problem convert(const OptionInfo& info, const std::string& text, std::int64_t& value) {
    const auto integer = core::to_integer(text);
    if (!integer) return wrong_type(info, text, OptionKind::integer);
    if (auto problem = core::problem_with(info, *integer)) return problem;
    value = *integer;
    return std::nullopt;
}

Problem convert(const OptionInfo& info, const std::string& text, double& value) {
    const auto number = core::to_double(text);
    if (!number) return wrong_type(info, text, OptionKind::number);
    if (auto problem = core::problem_with(info, *number)) return problem;
    value = *number;
    return std::nullopt;
}

Problem convert(const OptionInfo& info, const std::string& text, std::string& value) {
    if (auto problem = core::problem_with(info, text)) return problem;
    value = text;
    return std::nullopt;
}

Problem convert(const OptionInfo& /*info*/, const std::string& text, core::TextValue& value) {
    return value.read(text);
}

template <class T>
Problem convert(const OptionInfo& info, const std::string& text, std::optional<T>& value) {
    if (core::means_none(text)) {
        value.reset();
        return std::nullopt;
    }
    T inner{};
    auto problem = convert(info, text, inner);
    if (!problem) value = std::move(inner);
    return problem;
}

/// Fills the structs from settings, one after the other; the last one of a name wins.
class Setter final : public core::UniformVisitor<Setter> {
public:
    Setter(const Settings& yaml, const Settings& command_line) {
        for (const Settings* settings : {&yaml, &command_line}) {
            std::map<std::string_view, std::vector<const Setting*>> layer;
            for (const Setting& setting : *settings) layer[setting.name].push_back(&setting);
            for (auto& [name, given] : layer) by_name_[name] = std::move(given);
        }
    }

    template <class T>
    void option(const OptionInfo& info, T& value) {
        const auto at = by_name_.find(info.name);
        if (at == by_name_.end()) return;
        if constexpr (std::is_same_v<T, std::vector<std::string>>) {
            value.clear();
            for (const Setting* setting : at->second) {
                for (const std::string& text : setting->values) {
                    std::string item;
                    note(info, convert(info, text, item), *setting);
                    value.push_back(std::move(item));
                }
            }
        } else {
            const Setting& setting = *at->second.back();
            if (setting.values.size() == 1) {
                note(info, convert(info, setting.values.front(), value), setting);
            }
        }
    }

    std::vector<core::Problem> problems;

private:
    void note(const OptionInfo& info, const Problem& problem, const Setting& setting) {
        if (!problem) return;
        problems.push_back(*problem);
        problems.back().option = concat("--", info.name);
        // Where a file and a line are known they come first, as compilers print them.
        const std::size_t line = setting.origin.find(", line ");
        const std::size_t colon = line == std::string::npos ? line : setting.origin.find(':', line);
        if (colon != std::string::npos) problems.back().place = setting.origin.substr(0, colon);
    }

    std::map<std::string_view, std::vector<const Setting*>> by_name_;
};

template <class T>
bool is_missing(const T& value) {
    if constexpr (std::is_same_v<T, std::string> || std::is_same_v<T, std::vector<std::string>>) {
        return value.empty();
    } else if constexpr (std::is_same_v<T, std::optional<std::string>>) {
        return !value || value->empty();
    } else {
        return false;
    }
}

class RequiredCheck final : public core::UniformVisitor<RequiredCheck> {
public:
    template <class T>
    void option(const OptionInfo& info, T& value) {
        if (!info.required || !is_missing(value)) return;
        const std::string_view spelling = info.aliases.empty() ? info.name : info.aliases.front();
        const std::string_view shown = info.value_name.empty() ? info.name : info.value_name;
        problems.push_back({.option = info.positional ? std::string(shown) : dashed(info, spelling),
                            .problem = concat("is missing: ", info.help)});
    }

    std::vector<core::Problem> problems;
};

}  // namespace

void apply(const Schema& schema, const Settings& yaml, const Settings& command_line,
           Required required) {
    Setter setter(yaml, command_line);
    schema.walk(setter);
    std::vector<core::Problem> problems = std::move(setter.problems);
    if (required == Required::checked) {
        RequiredCheck check;
        schema.walk(check);
        problems.insert(problems.end(), check.problems.begin(), check.problems.end());
    }
    if (!problems.empty()) throw core::UsageError(problems);
}

}  // namespace msunet::config

// SPDX-License-Identifier: Apache-2.0
#include <boost/program_options/options_description.hpp>
#include <boost/program_options/parsers.hpp>
#include <cctype>
#include <set>

#include "config/option_list.hpp"
#include "msunet/config/parse.hpp"
#include "msunet/core/error.hpp"
#include "msunet/core/text.hpp"

namespace msunet::config {

namespace {

namespace po = boost::program_options;
using core::concat;
using core::quoted;

/// '-' or '--' and a letter. Negative numbers are values.
bool looks_like_option(std::string_view token) {
    const std::size_t dashes = token.find_first_not_of('-');
    return (dashes == 1 || dashes == 2) &&
           std::isalpha(static_cast<unsigned char>(token[dashes])) != 0;
}

/// The name between the dashes and '='.
std::string_view bare_name(std::string_view token) {
    token.remove_prefix(token.find_first_not_of('-'));
    return token.substr(0, token.find('='));
}

/// Rewrites argv so that Boost finds each option under its long name and each boolean with a value.
/// Boost compares names letter by letter and has no options with an optional value.
class Normaliser {
public:
    explicit Normaliser(const OptionIndex& index) : index_(index) {
        for (const OptionEntry& entry : index.entries()) {
            has_positional_ = has_positional_ || entry.info.positional;
        }
    }

    std::vector<std::string> operator()(std::span<const std::string> arguments) {
        std::vector<std::string> out;
        for (std::size_t i = 0; i < arguments.size(); ++i) {
            const std::string& token = arguments[i];
            if (token == "--") {
                values_only.assign(arguments.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                                   arguments.end());
                break;
            }
            const OptionEntry* entry = known(token);
            if (entry == nullptr) {
                out.push_back(token);
                continue;
            }
            const std::string* next = i + 1 < arguments.size() ? &arguments[i + 1] : nullptr;
            if (add(*entry, token, next, out)) ++i;
        }
        return out;
    }

    std::vector<core::Problem> problems;
    /// What follows "--".
    std::vector<std::string> values_only;

private:
    [[nodiscard]] const OptionEntry* known(const std::string& token) const {
        return looks_like_option(token) ? index_.find(bare_name(token)) : nullptr;
    }

    /// True if the value is the next token.
    bool add(const OptionEntry& entry, const std::string& token, const std::string* next,
             std::vector<std::string>& out) {
        const std::string name = concat("--", entry.info.name);
        const std::size_t equals = token.find('=');
        if (equals != std::string::npos) {
            if (equals + 1 == token.size()) {
                problems.push_back({.key = token, .problem = "has no value after '='"});
            } else {
                out.push_back(name + token.substr(equals));
            }
            return false;
        }
        const bool alone = next == nullptr || *next == "--" || known(*next) != nullptr;
        if (entry.kind == OptionKind::boolean) {
            const bool is_flag =
                alone || (!core::to_bool(*next) && (has_positional_ || looks_like_option(*next)));
            if (is_flag) {
                out.push_back(name + "=True");
                return false;
            }
        } else if (alone) {
            const auto range = core::range_text(entry.info);
            const bool says_all = entry.kind == OptionKind::text && !range.empty();
            const auto expected =
                says_all ? range : core::type_text(entry.info, kind_text(entry.kind));
            problems.push_back(
                {.key = token, .expected = expected, .problem = "needs a value", .why = expected});
            return false;
        }
        out.push_back(name);
        out.push_back(*next);
        return true;
    }

    const OptionIndex& index_;
    bool has_positional_ = false;
};

po::options_description boost_description(const OptionIndex& index) {
    po::options_description description;
    for (const OptionEntry& entry : index.entries()) {
        description.add_options()(std::string(entry.info.name).c_str(), po::value<std::string>());
    }
    return description;
}

/// Assigns arguments without a name to the positional options, in the order of the schema.
class Positionals {
public:
    explicit Positionals(const OptionIndex& index) {
        for (const OptionEntry& entry : index.entries()) {
            if (entry.info.positional) open_.push_back(&entry);
        }
    }

    /// False if no option is left for it.
    bool take(const std::string& value, Settings& settings) {
        if (next_ == open_.size()) return false;
        const OptionEntry& entry = *open_[next_];
        settings.push_back({std::string(entry.info.name), {value}, quoted(value)});
        if (entry.kind != OptionKind::list) ++next_;
        return true;
    }

private:
    std::vector<const OptionEntry*> open_;
    std::size_t next_ = 0;
};

}  // namespace

Settings parse_command_line(const Schema& schema, std::span<const std::string> arguments) {
    const OptionIndex index(schema);
    Normaliser normalise(index);
    const std::vector<std::string> tokens = normalise(arguments);
    std::vector<core::Problem> problems = std::move(normalise.problems);

    using style = po::command_line_style::style_t;
    const po::options_description description = boost_description(index);
    const po::parsed_options parsed =
        po::command_line_parser(tokens)
            .options(description)
            .style(style::allow_long | style::long_allow_adjacent | style::long_allow_next |
                   style::allow_long_disguise)
            .allow_unregistered()
            .run();

    Settings settings;
    Positionals positionals(index);
    const auto place = [&](const std::string& value) {
        if (positionals.take(value, settings)) return;
        problems.push_back({.key = value, .problem = "is neither an option nor the value of one"});
    };
    bool after_unknown = false;
    for (const po::option& option : parsed.options) {
        const std::string& token =
            option.original_tokens.empty() ? option.string_key : option.original_tokens.front();
        if (!option.string_key.empty() && !option.unregistered) {
            settings.push_back({option.string_key, option.value, concat("--", option.string_key)});
            after_unknown = false;
            continue;
        }
        if (looks_like_option(token)) {
            const std::string shown = token.substr(0, token.find('='));
            problems.push_back(index.unknown("an option", shown, bare_name(token)));
            after_unknown = true;
            continue;
        }
        // The word after an unknown option is probably its value.
        for (const std::string& value : option.value) {
            if (!after_unknown) place(value);
        }
        after_unknown = false;
    }
    for (const std::string& value : normalise.values_only) place(value);
    if (!problems.empty()) throw core::UsageError(problems);
    return settings;
}

std::optional<std::string> given_value(const Settings& settings, std::string_view name) {
    std::optional<std::string> value;
    for (const Setting& setting : settings) {
        if (setting.name == name && !setting.values.empty()) value = setting.values.back();
    }
    return value;
}

}  // namespace msunet::config

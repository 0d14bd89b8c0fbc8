// SPDX-License-Identifier: Apache-2.0
#include "msunet/core/options.hpp"

#include <algorithm>
#include <cmath>

#include "msunet/core/text.hpp"
#include "msunet/core/value.hpp"

namespace msunet::core {

namespace {

/// Whole limits without ".0", for integers and floats alike.
std::string limit_text(double limit) {
    if (limit == std::floor(limit) && std::abs(limit) < 1e15) {
        return std::to_string(static_cast<std::int64_t>(limit));
    }
    return python_repr(limit);
}

Problem not_allowed(const OptionInfo& info, const std::string& value) {
    return {.got = value, .expected = range_text(info)};
}

bool out_of_range(const OptionInfo& info, double value) {
    if (std::isnan(value)) return true;
    if (info.min && (info.min_open ? value <= *info.min : value < *info.min)) return true;
    return info.max && (info.max_open ? value >= *info.max : value > *info.max);
}

}  // namespace

std::string option_text(bool value) { return value ? "True" : "False"; }
std::string option_text(std::int64_t value) { return std::to_string(value); }
std::string option_text(double value) { return python_repr(value); }
std::string option_text(const std::string& value) { return value; }
std::string option_text(const std::vector<std::string>& value) { return join(value); }
std::string option_text(const TextValue& value) { return value.text(); }

std::string range_text(const OptionInfo& info) {
    if (!info.range.empty()) return std::string(info.range);
    if (!info.choices.empty()) return join(info.choices);
    std::string text;
    if (info.multiple_of != 1) text = concat("a multiple of ", info.multiple_of);
    if (!info.min && !info.max) return text;
    if (!text.empty()) text += " in ";
    text += !info.min || info.min_open ? "(" : "[";
    text += info.min ? limit_text(*info.min) : "-inf";
    text += ",";
    text += info.max ? limit_text(*info.max) : "inf";
    text += !info.max || info.max_open ? ")" : "]";
    return text;
}

std::string type_text(const OptionInfo& info, std::string_view type) {
    const std::string range = range_text(info);
    if (range.empty()) return std::string(type);
    const bool compares = range.front() == '>' || range.front() == '<';
    return concat(type, compares ? " " : " in ", range);
}

std::optional<Problem> problem_with(const OptionInfo& info, double value) {
    if (!out_of_range(info, value) && !std::isinf(value)) return std::nullopt;
    Problem problem = not_allowed(info, python_repr(value));
    if (problem.expected.empty()) problem.expected = "a finite number";
    return problem;
}

std::optional<Problem> problem_with(const OptionInfo& info, std::int64_t value) {
    const bool fits = !out_of_range(info, static_cast<double>(value)) &&
                      (info.multiple_of == 0 || value % info.multiple_of == 0);
    if (fits) return std::nullopt;
    return not_allowed(info, std::to_string(value));
}

std::optional<Problem> problem_with(const OptionInfo& info, const std::string& value) {
    if (info.choices.empty()) return std::nullopt;
    if (std::find(info.choices.begin(), info.choices.end(), value) != info.choices.end()) {
        return std::nullopt;
    }
    return detail::unreadable(info, value);
}

Problem detail::unreadable(const OptionInfo& info, const std::string& text) {
    const std::vector<std::string> choices(info.choices.begin(), info.choices.end());
    Problem problem = not_allowed(info, text);
    problem.advice = did_you_mean(text, choices);
    return problem;
}

}  // namespace msunet::core

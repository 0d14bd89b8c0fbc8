// SPDX-License-Identifier: Apache-2.0
#include "msunet/core/problem.hpp"

#include "msunet/core/text.hpp"

namespace msunet::core {

namespace {

/// Appends `part`, if there is one, after `between`, if there is something before it.
void add_part(std::string& text, std::string_view between, const std::string& part) {
    if (part.empty()) return;
    if (!text.empty() && std::string_view(",:;").find(part.front()) == std::string_view::npos) {
        text += between;
    }
    text += part;
}

std::string value_text(const std::string& value) {
    return to_double(value) || value == "True" || value == "False" ? value : quoted(value);
}

std::string subject_of(const Problem& p) {
    if (!p.option.empty()) {
        if (p.problem.empty()) return quoted(p.option);
        if (p.got.empty()) return p.option;
        return concat(p.option, " ", p.got == p.path ? quoted(p.got) : value_text(p.got));
    }
    std::string text = p.kind;
    if (!p.key.empty()) {
        add_part(text, " ", quoted(p.key));
        return p.path.empty() ? text : concat(text, " of file ", quoted(p.path));
    }
    if (!p.path.empty()) add_part(text, " ", quoted(p.path));
    return text;
}

/// All but place and advice.
std::string sentence_of(const Problem& p) {
    const auto why = p.why.empty() ? std::string() : concat(" (", p.why, ")");
    std::string text = subject_of(p);
    if (!p.problem.empty()) {
        add_part(text, " ", p.problem);
        return text + why;
    }
    if (!p.got.empty()) {
        add_part(text, " ", concat("is ", quoted(p.got), why, ", allowed is ", p.expected));
        return text;
    }
    if (!p.expected.empty()) add_part(text, " ", concat("is not ", p.expected));
    return text + why;
}

}  // namespace

std::string text_of(const Problem& problem) {
    std::string text = problem.place;
    add_part(text, ": ", sentence_of(problem));
    add_part(text, ", ", problem.advice);
    return text;
}

}  // namespace msunet::core

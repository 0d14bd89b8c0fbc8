// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <type_traits>

#include "config/option_list.hpp"
#include "config/sections.hpp"
#include "msunet/config/print.hpp"
#include "msunet/core/text.hpp"

namespace msunet::config {

namespace {

using core::concat;

constexpr std::size_t indent = 8;

template <class T>
std::string_view placeholder(const core::OptionInfo& info) {
    if (!info.value_name.empty()) return info.value_name;
    if constexpr (std::is_same_v<T, bool> || std::is_same_v<T, std::optional<bool>>) {
        return "BOOL";
    } else if constexpr (std::is_same_v<T, std::string> ||
                         std::is_same_v<T, std::optional<std::string>> ||
                         std::is_same_v<T, core::TextValue>) {
        return info.choices.empty() ? "TEXT" : "NAME";
    } else if constexpr (std::is_same_v<T, std::vector<std::string>>) {
        return "TEXT...";
    } else {
        return "N";
    }
}

class HelpWriter final : public core::UniformVisitor<HelpWriter> {
public:
    explicit HelpWriter(std::size_t width) : width_(width) {}

    template <class T>
    void option(const core::OptionInfo& info, T& value) {
        // Short names first, as the man pages have them.
        std::vector<std::string> names{dashed(info, info.name)};
        for (const std::string_view alias : info.aliases) names.push_back(dashed(info, alias));
        std::stable_partition(names.begin(), names.end(),
                              [](const std::string& name) { return !name.starts_with("--"); });
        std::string head = core::join(names);
        const bool is_action = info.command_line_only && std::is_same_v<T, bool>;
        if (!is_action) head += concat(" ", placeholder<T>(info));
        if (info.positional) head = concat(placeholder<T>(info), " (or ", head, ")");
        paragraph(head, 2);

        std::string text = help_sentences(info);
        if (info.required) {
            text += " Required.";
        } else if (!is_action) {
            const std::string shown = info.default_text.empty() ? core::option_text(value)
                                                                : std::string(info.default_text);
            if (!shown.empty()) text += concat(" Default: ", shown, ".");
        }
        paragraph(text, indent);
    }

    void paragraph(std::string_view text, std::size_t left) {
        out += help_paragraphs(concat(std::string(left, ' '), text), width_);
    }

    std::string out;

private:
    std::size_t width_;
};

}  // namespace

std::string help_sentences(const core::OptionInfo& info) {
    std::string text(info.help);
    if (!text.empty() && !text.ends_with('.')) text += '.';
    const std::string range = core::range_text(info);
    return range.empty() ? text : concat(text, " Allowed: ", range, ".");
}

std::string help_paragraphs(std::string_view text, std::size_t width) {
    std::string out;
    for (const std::string& line : core::split(text, '\n')) {
        const std::size_t begin = std::min(line.find_first_not_of(' '), line.size());
        // "  75  stopped": the text is a column of its own.
        const std::size_t gap = line.find("  ", begin);
        const std::size_t column =
            gap == std::string::npos ? begin : line.find_first_not_of(' ', gap);
        std::string left = line.substr(0, column);
        for (const std::string& part : core::wrap(line.substr(column), width - column)) {
            out += concat(part.empty() ? "" : left, part, "\n");
            left.assign(column, ' ');
        }
    }
    return out;
}

std::string help_text(const Schema& schema, std::string_view usage, std::string_view summary,
                      std::size_t width) {
    HelpWriter writer(width);
    writer.out = "Usage\n";
    writer.paragraph(usage, 2);
    writer.out += '\n';
    writer.out += help_paragraphs(summary, width);
    write_sections(schema, writer,
                   [](std::string_view title) { return concat("\n", title, "\n"); });
    return writer.out;
}

}  // namespace msunet::config

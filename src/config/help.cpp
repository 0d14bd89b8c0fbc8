// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <type_traits>

#include "config/option_list.hpp"
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
                         std::is_same_v<T, std::optional<std::string>>) {
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
        if (info.positional) head = concat(placeholder<T>(info), "  (or ", head, ")");
        paragraph(head, 2);

        std::string text(info.help);
        if (!text.empty() && !text.ends_with('.')) text += '.';
        if (const std::string range = core::range_text(info); !range.empty()) {
            text += concat(" Allowed: ", range, ".");
        }
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
        for (const std::string& line : core::wrap(text, width_ - left)) {
            out += concat(std::string(left, ' '), line, "\n");
        }
    }

    std::string out;

private:
    std::size_t width_;
};

}  // namespace

std::string help_text(const Schema& schema, std::string_view usage, std::string_view summary,
                      std::size_t width) {
    constexpr std::size_t narrowest = 40;
    HelpWriter writer(std::max(width, narrowest));
    writer.out = "Usage\n";
    writer.paragraph(usage, 2);
    writer.out += '\n';
    for (const std::string& line : core::split(summary, '\n')) {
        const std::size_t indent = std::min(line.find_first_not_of(' '), line.size());
        writer.paragraph(std::string_view(line).substr(indent), indent);
        if (line.empty()) writer.out += '\n';
    }
    std::string_view title;
    for (const Schema::Section& section : schema.sections()) {
        Schema part(schema.command());
        part.add_walk(section.title, section.walk);
        const std::size_t before = writer.out.size();
        part.walk(writer);
        if (writer.out.size() > before && section.title != title) {
            title = section.title;
            writer.out.insert(before, concat("\n", title, "\n"));
        }
    }
    return writer.out;
}

}  // namespace msunet::config

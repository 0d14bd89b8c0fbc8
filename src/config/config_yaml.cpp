// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cctype>
#include <type_traits>

#include "config/sections.hpp"
#include "msunet/config/print.hpp"
#include "msunet/core/text.hpp"

namespace msunet::config {

namespace {

using core::concat;

/// Whether YAML reads the text as it stands; everything else goes in double quotes.
bool is_plain_word(const std::string& text) {
    const auto plain = [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '/' ||
               c == '.' || c == '-';
    };
    return !text.empty() && text[0] != '-' && std::all_of(text.begin(), text.end(), plain) &&
           core::to_lower(text) != "null";
}

std::string yaml_text(const std::string& text) {
    if (is_plain_word(text)) return text;
    std::string out = "\"";
    for (const char c : text) core::append_escaped(out, c, '"');
    return out += '"';
}

class YamlWriter final : public core::UniformVisitor<YamlWriter> {
public:
    explicit YamlWriter(const Remarks& remarks) : remarks_(remarks) {}

    template <class T>
    void option(const core::OptionInfo& info, T& value) {
        if (info.command_line_only) return;
        comment(help_sentences(info));
        const auto remark = remarks_.find(info.name);
        if (remark != remarks_.end()) comment(remark->second);
        out += concat(info.name, ": ");
        if constexpr (std::is_same_v<T, std::vector<std::string>>) {
            std::vector<std::string> items;
            items.reserve(value.size());
            for (const std::string& item : value) items.push_back(yaml_text(item));
            out += concat("[", core::join(items), "]\n");
        } else if constexpr (std::is_same_v<T, std::string> ||
                             std::is_same_v<T, std::optional<std::string>> ||
                             std::is_same_v<T, core::TextValue>) {
            out += yaml_text(core::option_text(value)) + "\n";
        } else {
            out += core::option_text(value) + "\n";
        }
    }

    std::string out;

private:
    void comment(const std::string& text) {
        constexpr std::size_t width = 96;
        for (const std::string& line : core::wrap(text, width)) out += concat("# ", line, "\n");
    }

    const Remarks& remarks_;
};

}  // namespace

std::string config_yaml(const Schema& schema, const Remarks& remarks) {
    YamlWriter writer(remarks);
    write_sections(schema, writer,
                   [](std::string_view title) { return concat("\n# --- ", title, " ---\n"); });
    return concat("# All values of 'msunet ", schema.command(), "'. --config reads this file.\n",
                  writer.out);
}

}  // namespace msunet::config

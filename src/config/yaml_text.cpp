// SPDX-License-Identifier: Apache-2.0
#include "config/yaml_text.hpp"

#include <vector>

#include "msunet/core/error.hpp"
#include "msunet/core/text.hpp"

namespace msunet::config {

using core::concat;

YAML::Node load_yaml(std::string_view text, std::string_view source) {
    constexpr std::size_t largest = std::size_t{1} << 20U;
    if (text.size() > largest) {
        throw core::UsageError(concat(source, ": ", text.size(), " bytes are too many for YAML (",
                                      largest, " are allowed)"));
    }
    std::vector<YAML::Node> documents;
    try {
        documents = YAML::LoadAll(std::string(text));
    } catch (const YAML::Exception& error) {
        throw core::UsageError(concat(source, ", line ", error.mark.line + 1, ": not YAML (",
                                      error.msg, " in column ", error.mark.column + 1, ")"));
    }
    if (documents.size() > 1) {
        throw core::UsageError(concat(source, ": ", documents.size(),
                                      " YAML documents (one is allowed), remove '---'"));
    }
    return documents.empty() ? YAML::Node(YAML::NodeType::Undefined) : documents.front();
}

std::string yaml_place(std::string_view source, const YAML::Node& node) {
    const int line = node.Mark().line;
    return line < 0 ? std::string(source) : concat(source, ", line ", line + 1);
}

bool is_plain(const YAML::Node& node) { return node.IsScalar() && node.Tag() != "!"; }

}  // namespace msunet::config

// SPDX-License-Identifier: Apache-2.0
#include "msunet/core/name_list.hpp"

#include <algorithm>
#include <vector>

#include "msunet/core/text.hpp"

namespace msunet::core {

std::string joined_list(std::span<const std::string> texts, std::size_t most) {
    const std::size_t shown = std::min(texts.size(), most);
    std::string list = join(texts.first(shown));
    if (shown < texts.size()) list += concat(" and ", texts.size() - shown, " more");
    return list;
}

std::string name_list(std::span<const std::string> names, std::size_t most) {
    std::vector<std::string> quoted;
    for (const std::string& name : names) quoted.push_back(core::quoted(name));
    return joined_list(quoted, most);
}

}  // namespace msunet::core

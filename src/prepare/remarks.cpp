// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "msunet/core/name_list.hpp"
#include "msunet/core/text.hpp"
#include "msunet/prepare/read_scan.hpp"

namespace msunet::prepare {

std::vector<std::string> joined(const std::vector<Remark>& remarks) {
    std::vector<std::pair<std::string, std::vector<std::string>>> groups;
    for (const Remark& remark : remarks) {
        auto group = std::ranges::find(groups, remark.about,
                                       &std::pair<std::string, std::vector<std::string>>::first);
        if (group == groups.end()) group = groups.insert(group, {remark.about, {}});
        group->second.push_back(remark.file);
    }
    constexpr std::size_t named = 3;
    std::vector<std::string> lines;
    for (const auto& [about, files] : groups) {
        lines.push_back(core::concat(about, ": ", core::name_list(files, named)));
    }
    return lines;
}

}  // namespace msunet::prepare

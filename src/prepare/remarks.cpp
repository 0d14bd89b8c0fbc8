// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "msunet/core/name_list.hpp"
#include "msunet/core/text.hpp"
#include "msunet/prepare/read_scan.hpp"

namespace msunet::prepare {

namespace {

/// Files that a joined line names.
constexpr std::size_t named = 3;

}  // namespace

std::vector<std::string> joined(const std::vector<Remark>& remarks) {
    std::vector<std::pair<std::string, std::vector<std::string>>> groups;
    for (const Remark& remark : remarks) {
        auto group = std::ranges::find(groups, remark.about,
                                       &std::pair<std::string, std::vector<std::string>>::first);
        if (group == groups.end()) group = groups.insert(group, {remark.about, {}});
        group->second.push_back(remark.file);
    }
    std::vector<std::string> lines;
    for (const auto& [about, files] : groups) {
        lines.push_back(core::concat(about, ": ", core::name_list(files, named)));
    }
    return lines;
}

std::vector<core::Problem> joined(const std::vector<core::Problem>& problems) {
    std::vector<core::Problem> groups;
    std::vector<std::vector<std::string>> files;
    for (const core::Problem& problem : problems) {
        const auto alike = [&](core::Problem other) {
            other.path = problem.path;
            other.why = problem.why;
            return other == problem;
        };
        const bool of_option = !problem.option.empty() && !problem.path.empty();
        const auto group = of_option ? std::ranges::find_if(groups, alike) : groups.end();
        if (group == groups.end()) {
            groups.push_back(problem);
            files.push_back({problem.path});
        } else {
            files[static_cast<std::size_t>(group - groups.begin())].push_back(problem.path);
        }
    }
    for (std::size_t i = 0; i < groups.size(); ++i) {
        if (files[i].size() == 1) continue;
        groups[i].why =
            core::concat("in ", files[i].size(), " scans: ", core::name_list(files[i], named));
    }
    return groups;
}

}  // namespace msunet::prepare

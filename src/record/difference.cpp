// SPDX-License-Identifier: Apache-2.0
#include "msunet/record/difference.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "msunet/core/text.hpp"
#include "msunet/core/value.hpp"

namespace msunet::record {

namespace {

using core::concat;
using core::quoted;

std::string list_text(const std::vector<core::Value>& values) {
    std::vector<std::string> parts;
    parts.reserve(values.size());
    for (const core::Value& value : values) parts.push_back(core::python_repr(value));
    return concat("[", core::join(parts), "]");
}

void add(std::vector<std::string>& lines, std::vector<std::string> more) {
    lines.insert(lines.end(), std::make_move_iterator(more.begin()),
                 std::make_move_iterator(more.end()));
}

/// Calls `both(name, recorded, current)` for every name of either map, null where it lacks it.
template <class Map, class Both>
void walk(const Map& recorded, const Map& current, const Both& both) {
    std::set<std::string> names;
    for (const auto& entry : recorded) names.insert(entry.first);
    for (const auto& entry : current) names.insert(entry.first);
    for (const std::string& name : names) {
        const auto before = recorded.find(name);
        const auto now = current.find(name);
        both(name, before == recorded.end() ? nullptr : &before->second,
             now == current.end() ? nullptr : &now->second);
    }
}

/// Indices in the grid of each trial's permutation, ascending.
std::vector<std::uint64_t> indices_of(const SweepStart& start) {
    auto indices = start.indices;
    if (indices.empty()) {
        for (const TrialId trial : start.trials) indices.push_back(start.index_of(trial));
    }
    std::ranges::sort(indices);
    return indices;
}

}  // namespace

std::vector<std::string> difference(const Configuration& recorded, const Configuration& current) {
    using Texts = std::map<std::string, std::string>;
    const auto texts = [](const Configuration& configuration) {
        Texts result;
        for (const core::OptionText& option : configuration) {
            if (option.affects != core::Affects::run) result[option.name] = option.text;
        }
        return result;
    };
    std::vector<std::string> lines;
    walk(texts(recorded), texts(current),
         [&](const std::string& name, const std::string* before, const std::string* now) {
             if (before != nullptr && now != nullptr && *before == *now) return;
             lines.push_back(concat(name, ": recorded ", before ? quoted(*before) : "nothing",
                                    ", now ", now ? quoted(*now) : "nothing"));
         });
    return lines;
}

std::vector<std::string> difference(const GridLists& recorded, const GridLists& current) {
    std::vector<std::string> lines;
    walk(recorded, current,
         [&](const std::string& name, const std::vector<core::Value>* before,
             const std::vector<core::Value>* now) {
             if (before != nullptr && now != nullptr && *before == *now) return;
             lines.push_back(concat("grid, ", name, ": recorded ",
                                    before ? list_text(*before) : "nothing", ", now ",
                                    now ? list_text(*now) : "nothing"));
         });
    return lines;
}

std::vector<std::string> difference(const DataSummary& recorded, const DataSummary& current) {
    using Pairs = std::map<std::string, DataPair>;
    const auto pairs = [](const DataSummary& data) {
        Pairs result;
        for (const DataPair& pair : data.pairs) result[pair.data + " + " + pair.mask] = pair;
        return result;
    };
    std::vector<std::string> lines;
    walk(pairs(recorded), pairs(current),
         [&](const std::string& name, const DataPair* before, const DataPair* now) {
             const std::string who = concat("data, ", quoted(name), ": ");
             if (now == nullptr) {
                 lines.push_back(who + "recorded, now missing");
             } else if (before == nullptr) {
                 lines.push_back(who + "not recorded, now there");
             } else if (before->hash != now->hash) {
                 lines.push_back(who + "its content changed");
             } else if (before->validation != now->validation) {
                 lines.push_back(who + (now->validation ? "recorded as training, now validation"
                                                        : "recorded as validation, now training"));
             } else if (before->folds != now->folds) {
                 lines.push_back(who + "its folds changed");
             } else if (before->modality != now->modality) {
                 lines.push_back(concat(who, "recorded as ", core::name_of(before->modality),
                                        ", now ", core::name_of(now->modality)));
             }
         });
    if (lines.empty() && !current.hash.empty() && recorded.hash != current.hash) {
        lines.push_back(
            concat("data: recorded hash ", quoted(recorded.hash), ", now ", quoted(current.hash)));
    }
    return lines;
}

std::vector<std::string> difference(const SweepStart& recorded, const SweepStart& current) {
    std::vector<std::string> lines = difference(recorded.configuration, current.configuration);
    add(lines, difference(recorded.grid, current.grid));
    add(lines, difference(recorded.data, current.data));
    // The record also has the trials that were suggested since.
    const bool same = recorded.rounds > 0 ? std::ranges::includes(recorded.trials, current.trials)
                                          : indices_of(recorded) == indices_of(current);
    if (lines.empty() && !same) {
        lines.push_back(concat("permutations: recorded ", recorded.trials.size(), ", now ",
                               current.trials.size(), ", not the same ones"));
    }
    return lines;
}

}  // namespace msunet::record

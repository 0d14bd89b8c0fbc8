// SPDX-License-Identifier: Apache-2.0
#include "msunet/sweep/extension.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>

#include "msunet/core/text.hpp"
#include "msunet/record/difference.hpp"

namespace msunet::sweep {

namespace {

using core::concat;

core::Value spelled(const ExtensionValues& values, std::string_view name,
                    const core::Value& value) {
    if (values.without_effect.contains(name)) return {};
    return values.canonical ? values.canonical(name, value) : value;
}

/// The position of a value in a list of the grid; nothing where it lacks it.
std::optional<std::size_t> position_in(const std::vector<core::Value>& list, std::string_view name,
                                       const core::Value& value, const ExtensionValues& values) {
    const core::Value wanted = spelled(values, name, value);
    const auto found = std::ranges::find_if(
        list, [&](const core::Value& one) { return spelled(values, name, one) == wanted; });
    if (found == list.end()) return std::nullopt;
    return static_cast<std::size_t>(found - list.begin());
}

/// The default value of a hyperparameter; None where there is none.
core::Value default_of(const ExtensionValues& values, const std::string& name) {
    const auto found = values.defaults.find(name);
    return found == values.defaults.end() ? core::Value() : found->second;
}

/// Where permutations of the recorded grid are in the current one. All of its values are there.
class IndexMap {
public:
    IndexMap(const record::GridLists& recorded, const record::GridLists& current,
             const ExtensionValues& values)
        : recorded_(recorded) {
        for (const auto& [name, list] : current) {
            Axis& axis = axes_.emplace_back(Axis{.length = list.size()});
            const auto before = recorded.find(name);
            if (before == recorded.end()) {
                axis.fixed = position_in(list, name, default_of(values, name), values).value();
                continue;
            }
            axis.key = static_cast<std::size_t>(std::distance(recorded.begin(), before));
            for (const core::Value& value : before->second) {
                axis.positions.push_back(position_in(list, name, value, values).value());
            }
        }
    }

    [[nodiscard]] std::uint64_t index(std::uint64_t recorded) const {
        const std::vector<std::size_t> positions = record::positions_of(recorded_, recorded);
        std::uint64_t index = 0;
        for (const Axis& axis : axes_) {
            const bool is_new = axis.positions.empty();
            index =
                index * axis.length + (is_new ? axis.fixed : axis.positions[positions[axis.key]]);
        }
        return index;
    }

private:
    struct Axis {
        std::uint64_t length = 0;
        std::vector<std::size_t> positions{};  ///< of the recorded values; empty: a new key
        std::size_t key = 0;                   ///< its place among the recorded keys
        std::size_t fixed = 0;                 ///< of a new key's value so far
    };
    const record::GridLists& recorded_;
    std::vector<Axis> axes_;
};

/// The id of each recorded permutation (without folds, of its trial) by its index in the current
/// grid.
std::map<std::uint64_t, record::TrialId> kept_permutations(const record::SweepStart& recorded,
                                                           const record::SweepStart& current,
                                                           const ExtensionValues& values) {
    const IndexMap map(recorded.grid, current.grid, values);
    std::map<std::uint64_t, record::TrialId> kept;
    for (const record::TrialId trial : recorded.trials) {
        kept[map.index(recorded.index_of(trial))] = recorded.folding.permutation(trial);
    }
    return kept;
}

/// The indices in the grid of the permutations of a sweep that was not extended, ascending.
std::vector<std::uint64_t> indices_of(const record::SweepStart& start) {
    std::vector<std::uint64_t> indices;
    for (const record::TrialId trial : start.trials) {
        if (start.folding.number(trial) == 0) indices.push_back(start.index_of(trial));
    }
    return indices;
}

void add_missing_values(std::vector<std::string>& problems, const std::string& name,
                        const std::vector<core::Value>& recorded,
                        const std::vector<core::Value>& current, const ExtensionValues& values) {
    for (const core::Value& value : recorded) {
        if (position_in(current, name, value, values)) continue;
        problems.push_back(concat("grid, ", name, ": ", core::python_repr(value),
                                  " is missing (an extension keeps every value), add it"));
    }
}

/// Of equal trials the first of the tables is the best: in another order one whose weights are
/// deleted could be.
void add_reordered_values(std::vector<std::string>& problems, const std::string& name,
                          const std::vector<core::Value>& recorded,
                          const std::vector<core::Value>& current, const ExtensionValues& values) {
    const core::Value* last = nullptr;
    std::size_t last_position = 0;
    for (const core::Value& value : recorded) {
        const auto position = position_in(current, name, value, values);
        if (!position) continue;
        if (last != nullptr && *position < last_position) {
            problems.push_back(concat("grid, ", name, ": ", core::python_repr(value),
                                      " stands before ", core::python_repr(*last),
                                      " (an extension keeps the order of the values: of equal "
                                      "trials the first is the best), put it after"));
            return;
        }
        last = &value;
        last_position = *position;
    }
}

std::vector<std::string> grid_problems(const record::GridLists& recorded,
                                       const record::GridLists& current,
                                       const ExtensionValues& values) {
    std::vector<std::string> problems;
    for (const auto& [name, list] : recorded) {
        if (const auto now = current.find(name); now != current.end()) {
            add_missing_values(problems, name, list, now->second, values);
            add_reordered_values(problems, name, list, now->second, values);
        } else if (!values.without_effect.contains(name)) {
            problems.push_back(
                concat("grid, ", name, ": is missing (an extension keeps every key), add it"));
        }
    }
    for (const auto& [name, list] : current) {
        if (recorded.contains(name)) continue;
        const core::Value value = default_of(values, name);
        if (position_in(list, name, value, values)) continue;
        problems.push_back(concat("grid, ", name, ": lacks ", core::python_repr(value),
                                  " (all trials so far have this default), add it"));
    }
    return problems;
}

}  // namespace

std::optional<std::string> extension_obstacle(const SweepOptions& options) {
    if (options.shard) {
        return concat("--shard ", to_text(*options.shard),
                      " (a shard does not know which trials the others have)");
    }
    if (options.fraction_limit || options.round_limit) {
        return concat(options.fraction_limit ? "--fraction_limit" : "--round_limit",
                      " (the draw from a larger grid is another one)");
    }
    if (options.strategy != StrategyKind::grid) {
        return concat("--strategy ", core::name_of(options.strategy),
                      " (what it has stopped was compared with the trials of its own grid)");
    }
    return std::nullopt;
}

std::vector<std::string> extension_problems(const record::SweepStart& recorded,
                                            const record::SweepStart& current,
                                            const ExtensionValues& values) {
    auto problems = record::difference(recorded.configuration, current.configuration);
    std::ranges::move(record::difference(recorded.data, current.data),
                      std::back_inserter(problems));
    std::ranges::move(grid_problems(recorded.grid, current.grid, values),
                      std::back_inserter(problems));
    if (!problems.empty()) return problems;
    std::size_t missing = 0;
    const auto indices = indices_of(current);
    for (const auto& entry : kept_permutations(recorded, current, values)) {
        missing += std::ranges::binary_search(indices, entry.first) ? 0 : 1;
    }
    if (missing > 0) {
        problems.push_back(concat("permutations: ", missing, " of those recorded are left out"));
    }
    return problems;
}

record::SweepExtended extend(const record::SweepStart& recorded, const record::SweepStart& current,
                             const ExtensionValues& values) {
    record::SweepExtended extension;
    extension.configuration = current.configuration;
    extension.grid = current.grid;
    extension.shared = recorded.shared;
    extension.indices = indices_of(current);
    const auto kept = kept_permutations(recorded, current, values);
    const auto& folding = recorded.folding;
    record::TrialId next =
        recorded.trials.empty() ? 0 : folding.permutation(recorded.trials.back()) + 1;
    for (const std::uint64_t index : extension.indices) {
        const auto found = kept.find(index);
        const auto permutation = found == kept.end() ? next++ : found->second;
        std::ranges::copy(record::trials_of_permutations(folding, {permutation}),
                          std::back_inserter(extension.trials));
    }
    return extension;
}

}  // namespace msunet::sweep

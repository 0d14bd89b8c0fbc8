// SPDX-License-Identifier: Apache-2.0
#include "msunet/sweep/grid.hpp"

#include <limits>
#include <stdexcept>

#include "msunet/core/error.hpp"
#include "msunet/core/text.hpp"

namespace msunet::sweep {

void check_values(const record::GridLists& lists, const ValueCheck& check) {
    std::vector<core::Problem> problems;
    for (const auto& [name, values] : lists) {
        for (const core::Value& value : values) {
            if (auto problem = check(name, value)) problems.push_back(std::move(*problem));
        }
    }
    if (!problems.empty()) throw core::UsageError(problems);
}

std::int64_t smallest_integer(const record::GridLists& lists, std::string_view name,
                              std::int64_t fallback) {
    std::optional<std::int64_t> smallest;
    if (const auto found = lists.find(name); found != lists.end()) {
        for (const core::Value& value : found->second) {
            const std::optional<std::int64_t> integer = core::as_integer(value);
            if (integer && (!smallest || *integer < *smallest)) smallest = integer;
        }
    }
    return smallest.value_or(fallback);
}

ParameterGrid::ParameterGrid(record::GridLists lists) : lists_(std::move(lists)) {
    for (const auto& [name, values] : lists_) {
        if (values.empty()) {
            throw core::UsageError({.kind = "the grid's list",
                                    .key = name,
                                    .problem = "is empty",
                                    .advice = "give it a value"});
        }
        names_.push_back(name);
        axes_.push_back(&values);
    }
    constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    for (std::size_t axis = 0; axis < names_.size(); ++axis) {
        if (length(axis) > most / size_) {
            throw core::UsageError(
                "the grid has more than 9.2e18 permutations (they can't be numbered), shorten its "
                "lists");
        }
        size_ *= length(axis);
    }
}

core::Permutation ParameterGrid::permutation(std::uint64_t index) const {
    if (index >= size_) throw std::out_of_range("permutation index");
    return record::permutation_of(lists_, index);
}

std::uint64_t ParameterGrid::index(const std::vector<std::uint64_t>& positions) const {
    std::uint64_t index = 0;
    for (std::size_t axis = 0; axis < names_.size(); ++axis) {
        index = index * length(axis) + positions.at(axis);
    }
    return index;
}

}  // namespace msunet::sweep

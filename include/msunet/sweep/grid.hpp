// SPDX-License-Identifier: Apache-2.0
/// \file
/// The parameter grid: lists of values by name, its permutations numbered, none of them built.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "msunet/core/permutation.hpp"
#include "msunet/core/problem.hpp"
#include "msunet/record/sweep_record.hpp"

namespace msunet::sweep {

/// The values of `(start, end, steps)` as Talos 1.4 expands it: NumPy's
/// `arange(start, end, (end - start) / steps, dtype=float)`, end excluded; where both ends are
/// integers truncated to integers, sorted and made unique. Throws core::UsageError where nothing
/// would be left (start equals end, steps < 1, ends not finite) or more than 1,000,000 values.
[[nodiscard]] std::vector<core::Value> expand_range(const core::GridRange& range);

/// All ranges of a grid expanded. Throws core::UsageError with all problems, each naming its key.
[[nodiscard]] record::GridLists expand(const core::GridEntries& entries);

/// What is wrong with a value of a name; nothing if the value is valid.
using ValueCheck =
    std::function<std::optional<core::Problem>(std::string_view name, const core::Value& value)>;

/// Asks `check` about every value of every list and throws core::UsageError with all answers.
void check_values(const record::GridLists& lists, const ValueCheck& check);

/// The smallest integer in a list; `fallback` where the grid lacks the name or it holds none.
[[nodiscard]] std::int64_t smallest_integer(const record::GridLists& lists, std::string_view name,
                                            std::int64_t fallback);

/// Cartesian product over the names in ASCII order, last name fastest, as Talos orders it; the id
/// of a permutation is its index. Memory is that of the lists.
class ParameterGrid {
public:
    /// Throws core::UsageError for an empty list or 2^63 permutations or more. No names at all are
    /// one permutation, the empty one.
    explicit ParameterGrid(record::GridLists lists);

    [[nodiscard]] const record::GridLists& lists() const { return lists_; }
    /// Names in ASCII order: the axes.
    [[nodiscard]] const std::vector<std::string>& names() const { return names_; }
    /// Number of values on an axis.
    [[nodiscard]] std::uint64_t length(std::size_t axis) const { return axes_[axis]->size(); }
    /// Number of permutations.
    [[nodiscard]] std::uint64_t size() const { return size_; }

    /// The values on an axis.
    [[nodiscard]] const std::vector<core::Value>& axis(std::size_t axis) const {
        return *axes_[axis];
    }
    /// The permutation with this index; throws std::out_of_range.
    [[nodiscard]] core::Permutation permutation(std::uint64_t index) const;
    /// The index of the permutation whose values are at these positions on the axes: the inverse of
    /// record::positions_of.
    [[nodiscard]] std::uint64_t index(const std::vector<std::uint64_t>& positions) const;

    ParameterGrid(const ParameterGrid& other) : ParameterGrid(other.lists_) {}
    ParameterGrid& operator=(const ParameterGrid&) = delete;

private:
    record::GridLists lists_;
    std::vector<std::string> names_;
    std::vector<const std::vector<core::Value>*> axes_;
    std::uint64_t size_ = 1;
};

}  // namespace msunet::sweep

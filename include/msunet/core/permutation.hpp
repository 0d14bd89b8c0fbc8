// SPDX-License-Identifier: Apache-2.0
/// \file
/// One permutation of the parameter grid, and the grid as the user wrote it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "msunet/core/value.hpp"

namespace msunet::core {

/// One permutation: a value for every name, names in ASCII order (upper case first).
using Permutation = std::map<std::string, Value, std::less<>>;

/// "batch_size=16, lr=0.001", or "defaults" where the grid names nothing: for messages and logs.
[[nodiscard]] std::string permutation_text(const Permutation& permutation);

/// `(start, end, steps)` as the user wrote it, not yet expanded. `start` and `end` are integers or
/// floats (Talos's rule depends on which); steps ≥ 1.
struct GridRange {
    Value start;
    Value end;
    std::int64_t steps = 1;

    friend bool operator==(const GridRange&, const GridRange&) = default;
};

/// One key of the parameter grid: either a list of at least one value or a range.
struct GridEntry {
    std::string name;
    std::vector<Value> values;
    std::optional<GridRange> range;

    friend bool operator==(const GridEntry&, const GridEntry&) = default;
};

/// The parameter grid as written: names in ASCII order. A single value is a list of one.
using GridEntries = std::map<std::string, GridEntry, std::less<>>;

}  // namespace msunet::core

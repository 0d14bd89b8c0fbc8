// SPDX-License-Identifier: Apache-2.0
/// \file
/// A sweep that goes on with a larger grid: what it keeps and what is new.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "msunet/core/permutation.hpp"
#include "msunet/record/event.hpp"
#include "msunet/sweep/expression.hpp"
#include "msunet/sweep/options.hpp"

namespace msunet::sweep {

/// How a grid's values are compared with those of the recorded one.
struct ExtensionValues {
    core::Permutation defaults;       ///< of hyperparameters that the grid doesn't name
    Expression::Canonical canonical;  ///< spells a value; empty: as it is
    /// Keys of the grid that change no training: their values aren't compared.
    std::set<std::string, std::less<>> without_effect{};
};

/// Why a sweep with these options can't be extended, or extend another: the option; nothing where
/// it can.
[[nodiscard]] std::optional<std::string> extension_obstacle(const SweepOptions& options);

/// What forbids that `current` extends `recorded`, a line each: settings or data that differ, keys
/// or values that are missing or in another order, a new key without the value that all trials had
/// so far. Empty: it can be extended, also where nothing is new.
[[nodiscard]] std::vector<std::string> extension_problems(const record::SweepStart& recorded,
                                                          const record::SweepStart& current,
                                                          const ExtensionValues& values);

/// The extension of `recorded` to `current`, which was not extended itself. The trials of
/// `recorded` keep their ids; the others get those after the highest, in the order of the grid.
/// `shared` is that of `recorded`, `at` is left out. Requires that there are no problems.
[[nodiscard]] record::SweepExtended extend(const record::SweepStart& recorded,
                                           const record::SweepStart& current,
                                           const ExtensionValues& values);

}  // namespace msunet::sweep

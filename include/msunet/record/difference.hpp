// SPDX-License-Identifier: Apache-2.0
/// \file
/// What changed between an experiment's first start and a later one.
#pragma once

#include <string>
#include <vector>

#include "msunet/record/sweep_record.hpp"

namespace msunet::record {

/// Settings that affect data or results and differ, a readable line each: `lr: recorded "0.001",
/// now "0.01"`. Settings that affect the run alone are ignored.
[[nodiscard]] std::vector<std::string> difference(const Configuration& recorded,
                                                  const Configuration& current);

/// As above, of the grid: names and values that were added or removed.
[[nodiscard]] std::vector<std::string> difference(const GridLists& recorded,
                                                  const GridLists& current);

/// As above, of the data: pairs that were added, were removed, or changed in content, split or
/// modality. Where `current` has no hash of the whole data set, only pairs are compared.
[[nodiscard]] std::vector<std::string> difference(const DataSummary& recorded,
                                                  const DataSummary& current);

/// All differences. Empty: the experiment can be resumed.
[[nodiscard]] std::vector<std::string> difference(const SweepStart& recorded,
                                                  const SweepStart& current);

}  // namespace msunet::record

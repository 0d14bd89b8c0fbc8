// SPDX-License-Identifier: Apache-2.0
/// What changed between an experiment's first start and a later one.
#pragma once

#include <string>
#include <vector>

#include "msunet/record/sweep_record.hpp"

namespace msunet::record {

/// Settings that affect data or results and differ, a readable line each: `lr: recorded "0.001",
/// now "0.01"`. Settings that affect the run alone are passed over.
std::vector<std::string> difference(const Configuration& recorded, const Configuration& current);

/// As above, of the grid: names and values that came or went.
std::vector<std::string> difference(const GridLists& recorded, const GridLists& current);

/// As above, of the data: pairs that came, went or changed in content, split or modality.
std::vector<std::string> difference(const DataSummary& recorded, const DataSummary& current);

/// All of it, for a refused resume. Empty: the resume may go on.
std::vector<std::string> difference(const SweepStart& recorded, const SweepStart& current);

}  // namespace msunet::record

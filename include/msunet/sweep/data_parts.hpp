// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "msunet/record/sweep_record.hpp"
#include "msunet/sweep/target.hpp"

namespace msunet::sweep {

/// The modalities of the pairs that are trained on, and of those that validate; with folds a pair
/// is both. A journal of release 0.1 may list no pairs: then all of them.
[[nodiscard]] DataParts parts_of(const record::DataSummary& data);

}  // namespace msunet::sweep

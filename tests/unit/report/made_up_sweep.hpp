// SPDX-License-Identifier: Apache-2.0
/// A made-up sweep with plausible figures, for tests of tables and reports.
#pragma once

#include <cstdint>
#include <vector>

#include "msunet/record/sweep_record.hpp"
#include "msunet/report/html.hpp"

namespace msunet::report::testing {

/// Properties of the made-up sweep.
struct MadeUp {
    std::int64_t learning_rates = 2;
    std::vector<std::int64_t> batch_sizes{8, 16};
    std::vector<std::string> optimizers{"Adam"};
    std::int64_t epochs = 3;
    std::int64_t ranks = 2;
    bool validation = true;
    bool failures = false;    ///< every 17th trial from the 5th on fails
    bool pca = false;         ///< trial 1 is pca_only
    bool running = false;     ///< the last quarter has not ended
    std::uint64_t folds = 0;  ///< of a cross-validation; 0: one split
    bool search = false;  ///< by halving: a third goes on after epoch 1, and of it after epoch 3
};

/// The sweep as replaying its journal gives it; the same for the same `MadeUp`.
record::SweepRecord made_up_sweep(const MadeUp& made_up = {});

/// Slices of discs with masks and predictions that are a little off, for four modalities.
std::vector<SlicePicture> made_up_pictures(std::size_t each);

}  // namespace msunet::report::testing

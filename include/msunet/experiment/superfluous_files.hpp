// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <vector>

#include "msunet/record/ranking.hpp"

namespace msunet::experiment {

/// What trials leave on the disk.
struct KeptFiles {
    bool all_models = false;  ///< weights and pictures of all trials, not of the best alone
    /// Whether the checkpoint stays with which a training of this permutation ended after so many
    /// epochs; empty: none does.
    std::function<bool(const core::Permutation&, std::int64_t epochs)> last_checkpoint{};
};

/// Files of trials that are no longer needed: checkpoints of those that have ended, and, unless all
/// models are kept, weights and pictures of those that are not the best; with folds of permutations
/// that are not. A checkpoint from which another training is to go on is needed until that has
/// ended, and not failed: a failed one can be trained again.
class SuperfluousFiles {
public:
    /// `record` as it is when training begins.
    SuperfluousFiles(std::filesystem::path experiment, KeptFiles kept,
                     const record::SweepRecord& record);

    /// A trial has ended; the record holds its result.
    void trial_ended(const record::TrialResult& result, const record::SweepRecord& record);
    /// Deletes the files. The journal must be on the disk up to the last `trial_ended`: a result
    /// that got lost needs them.
    void remove();

private:
    /// Of the training of a trial that has ended, and of that from which it went on.
    void add_checkpoints(const record::TrialResult& result, const record::SweepRecord& record);
    void add_checkpoint(record::TrialId training, const record::SweepRecord& record);
    void add_model(const record::TrialResult& result);
    /// Of all of a permutation's trials, once its mean is known.
    void add_models(record::TrialId permutation, const record::SweepRecord& record);

    std::filesystem::path experiment_;
    KeptFiles kept_;
    record::Leaderboard leaderboard_;
    /// From which one each goes on, or was to; the record drops those that could not.
    std::map<record::TrialId, record::TrialId> begun_from_;
    std::vector<std::filesystem::path> files_;
};

}  // namespace msunet::experiment

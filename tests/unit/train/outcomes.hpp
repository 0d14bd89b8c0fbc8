// SPDX-License-Identifier: Apache-2.0
/// \file
/// What the results of a training's permutations have in common with those that each gets alone.
#pragma once

#include <gtest/gtest.h>

#include <map>

#include "msunet/codec/json.hpp"
#include "msunet/h5/keras_file.hpp"
#include "msunet/record/fields.hpp"
#include "small_trial.hpp"

namespace msunet::test {

/// A small trial with a small network: what a training's permutations have in common does not
/// depend on its size.
inline SmallTrial small_place(const std::string& name) {
    return SmallTrial(
        name, comm::Communicator::self_without_mpi(), nullptr,
        unet::Architecture(
            {.name = "small", .blocks = {{.channels = 4}, {.channels = 8}}, .head_channels = 4}));
}

/// With these values the learning rate falls after ten epochs on every processor: weights change by
/// some of their last bits, too little for a better loss, and moving statistics stay as they are.
inline const core::Permutation falling_rate{{"lr_schedule", std::string("plateau")},
                                            {"lr", 1e-7},
                                            {"contractingBatchNormTrainable", false},
                                            {"expandingBatchNormTrainable", false},
                                            {"upsamplingBatchNormTrainable", false}};

/// Everything of a result that must be equal: all but times and names.
struct Outcome {
    record::TrialState state = record::TrialState::pending;
    std::string reason;
    record::History history;
    std::vector<record::ModalityRow> modality;
    std::optional<std::int64_t> best_epoch;
    std::vector<core::NamedArray> weights;
};

inline Outcome outcome_of(const SmallTrial& place, const record::TrialResult& result) {
    Outcome outcome{result.state,    result.reason,     result.history,
                    result.modality, result.best_epoch, {}};
    for (auto& epoch : outcome.history) epoch.seconds = epoch.samples_per_second = 0;
    if (result.state == record::TrialState::done) {
        outcome.weights = h5::read_keras_file(place.folder() / result.weights_file).weights();
    }
    return outcome;
}

using Outcomes = std::map<record::TrialId, Outcome>;

inline record::Assignment work_of(std::vector<record::TrainingEnd> ends) {
    record::Assignment work;
    work.trial = ends.front().trial;
    work.ends = std::move(ends);
    return work;
}

inline void add_outcomes(const SmallTrial& place, const Control& control, Outcomes& all) {
    for (const auto& result : control.results) {
        EXPECT_TRUE(all.emplace(result.trial, outcome_of(place, result)).second) << result.trial;
    }
}

inline void expect_equal(const Outcomes& found, const Outcomes& expected) {
    ASSERT_EQ(found.size(), expected.size());
    for (const auto& [trial, outcome] : expected) {
        SCOPED_TRACE("trial " + std::to_string(trial));
        ASSERT_TRUE(found.contains(trial));
        const Outcome& mine = found.at(trial);
        EXPECT_EQ(mine.state, outcome.state) << mine.reason;
        EXPECT_EQ(mine.reason, outcome.reason);
        // As text, in which NaN is NaN.
        EXPECT_EQ(codec::to_json(mine.history), codec::to_json(outcome.history));
        EXPECT_EQ(codec::to_json(mine.modality), codec::to_json(outcome.modality));
        EXPECT_EQ(mine.best_epoch, outcome.best_epoch);
        EXPECT_TRUE(mine.weights == outcome.weights) << "weights differ";
    }
}

}  // namespace msunet::test

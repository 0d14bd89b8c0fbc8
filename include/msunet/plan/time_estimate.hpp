// SPDX-License-Identifier: Apache-2.0
/// \file
/// How long a sweep will train, from steps that are timed before it begins.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "msunet/data/patch_index.hpp"
#include "msunet/device/compute.hpp"
#include "msunet/plan/start_plan.hpp"
#include "msunet/plan/sweep_setup.hpp"
#include "msunet/prepare/prepare.hpp"

namespace msunet::plan {

/// Samples of one permutation, and the size to which all are padded.
struct SampleCounts {
    std::uint64_t training = 0;
    std::uint64_t validation = 0;
    std::int64_t height = 0;
    std::int64_t width = 0;
};

/// Samples by the survey's slices: those of patches that lie in kept slices, augmented copies with
/// the mean of the training pairs. With `folds` the mean over them.
[[nodiscard]] SampleCounts count_samples(const prepare::Survey& survey, const data::PatchSpec& spec,
                                         std::uint64_t folds = 0);

/// Seconds by sample on one rank.
struct StepSpeed {
    double training = 0;
    double inference = 0;
};

/// The trials for which a start still has to train a training. With `retry_failed` those that have
/// failed are among them, and those that these have left out.
[[nodiscard]] std::vector<record::TrialId> trials_left(const record::SweepRecord& record,
                                                       record::TrialId training, bool retry_failed);

/// Samples of a step on one rank, height and width of each.
using StepSize = std::tuple<std::int64_t, std::int64_t, std::int64_t>;
using StepSpeeds = std::map<StepSize, StepSpeed>;

/// Samples of a step that is timed: so few of a rank's part of a batch that it takes some tenths
/// of a second. `threads`: of the rank.
[[nodiscard]] std::int64_t timed_samples(std::int64_t batch, std::int64_t pixels,
                                         std::int64_t threads);

/// Of the size that was timed; else of the nearest one, scaled by pixels. `speeds` is not empty.
[[nodiscard]] StepSpeed speed_of(const StepSpeeds& speeds, const StepSize& size);

/// Seconds until the last trial ends if each group that is free takes the longest that is left.
[[nodiscard]] double makespan(std::vector<double> seconds, std::int64_t groups);

/// To about two digits, as more would pretend to be exact: "3 s", "2 min 40 s", "1 h 24 min".
[[nodiscard]] std::string rough_duration(double seconds);

/// Collective over `world`, before training and `--dry_run` alike: "about 17 min 00 s of training,
/// from steps that were timed now", and the time of a limit that comes before that. Steps of the
/// grid's first sizes are timed on dummy samples for about a second, on all ranks at the same time
/// because ranks of a node slow each other. Empty where nothing is left to train or a GPU trains.
[[nodiscard]] std::string estimate_training(const settings::TrainSettings& settings,
                                            const GridPlan& plan, const prepare::Survey& survey,
                                            const StartPlan& decided,
                                            const device::Compute& compute,
                                            const comm::Communicator& world);

}  // namespace msunet::plan

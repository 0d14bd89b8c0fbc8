// SPDX-License-Identifier: Apache-2.0
/// \file
/// How long a sweep will train, from steps that are timed before it begins.
#pragma once

#include <cstdint>
#include <vector>

#include "msunet/data/patch_index.hpp"
#include "msunet/model/precision.hpp"
#include "msunet/prepare/prepare.hpp"
#include "sweep_setup.hpp"

namespace msunet::app {

/// Samples of one permutation, and the size to which all are padded.
struct SampleCounts {
    std::uint64_t training = 0;
    std::uint64_t validation = 0;
    std::int64_t height = 0;
    std::int64_t width = 0;
};

/// Samples by the survey's slices: those of patches that lie in kept slices, augmented copies with
/// the mean of the training pairs.
[[nodiscard]] SampleCounts count_samples(const prepare::Survey& survey,
                                         const data::PatchSpec& spec);

/// Seconds of one trial after another on this rank's threads, over all permutations: steps of up to
/// three batch and patch sizes are timed on dummy samples, the other sizes are scaled by pixels.
/// Runs on the CPU, this rank alone.
[[nodiscard]] double estimate_seconds(const TrainSettings& settings, const GridPlan& plan,
                                      const prepare::Survey& survey, model::Precision precision);

}  // namespace msunet::app

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "msunet/train/trainer.hpp"

namespace msunet::train {

/// One of the permutations that a training serves.
struct EndSetup {
    record::TrialId trial = 0;
    unet::Hyperparameters hyperparameters;
};

/// What is fixed while one training runs on this rank. References outlive it.
struct TrialSetup {
    /// Throws what hyperparameters and patches throw, and TrialFailure where this trial can't run
    /// on this group or data set: alike on all ranks of the group.
    TrialSetup(const TrialContext& context, const record::Assignment& assignment);

    const TrialContext& context;
    const record::Assignment& assignment;
    std::vector<EndSetup> ends;             ///< as the assignment has them
    unet::Hyperparameters hyperparameters;  ///< of the first: all agree in what changes a step
    const data::PatchIndex& index;          ///< of the patches, split as the fold is
    std::span<const core::NamedArray> start_weights;
    std::vector<float> sample_weights;
    std::int64_t steps;    ///< of an epoch
    std::uint64_t stream;  ///< see unet::stream_key

    /// Of the permutation that the training serves.
    [[nodiscard]] const EndSetup& end(record::TrialId trial) const;
    [[nodiscard]] std::filesystem::path folder(record::TrialId trial) const;
    /// Of a file in the trial's folder, relative to the experiment's.
    [[nodiscard]] static std::string file_name(record::TrialId trial, const char* name);
};

}  // namespace msunet::train

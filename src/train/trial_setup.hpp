// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "msunet/train/trainer.hpp"

namespace msunet::train {

/// What is fixed while one trial runs on this rank. References outlive it.
struct TrialSetup {
    /// Throws what hyperparameters and patches throw, and TrialFailure where this trial can't run
    /// on this group or data set: alike on all ranks of the group.
    TrialSetup(const TrialContext& context, const record::Assignment& assignment);

    const TrialContext& context;
    const record::Assignment& assignment;
    unet::Hyperparameters hyperparameters;
    const data::PatchIndex& index;
    std::vector<float> sample_weights;
    std::int64_t steps;    ///< of an epoch
    std::uint64_t stream;  ///< see unet::stream_key

    [[nodiscard]] std::filesystem::path folder() const;
    /// Of a file in the trial's folder, relative to the experiment's.
    [[nodiscard]] std::string file_name(const char* name) const;
};

}  // namespace msunet::train

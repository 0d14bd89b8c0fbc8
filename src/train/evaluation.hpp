// SPDX-License-Identifier: Apache-2.0
/// \file
/// The network in inference mode on samples: validation, Dice by modality, an epoch's metrics.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "msunet/record/metrics.hpp"
#include "msunet/record/trial.hpp"
#include "msunet/train/checkpoint.hpp"
#include "msunet/train/step_engine.hpp"
#include "train/group_control.hpp"
#include "train/trial_setup.hpp"

namespace msunet::train {

/// Evaluates a trial's network. All methods are collective over the group, report each batch as a
/// step of `epoch`, throw TrialFailure, and return nothing where the group agreed to pause.
class Evaluation {
public:
    Evaluation(const TrialSetup& setup, StepEngine& engine, GroupControl& control)
        : setup_(setup), engine_(engine), control_(control) {}

    /// Sums over all validation samples.
    std::optional<EpochSums> validation(std::int64_t epoch);
    /// Dice by modality of validation and of original training samples.
    std::optional<record::ModalityDice> modalities(std::int64_t epoch);

private:
    std::optional<EpochSums> sums(std::span<const std::uint32_t> samples, std::int64_t epoch);

    const TrialSetup& setup_;
    StepEngine& engine_;
    GroupControl& control_;
};

/// An epoch's metrics from its sums; the validation's where there is validation data.
[[nodiscard]] record::Metrics metrics_of(const EpochSums& training,
                                         const std::optional<EpochSums>& validation);

}  // namespace msunet::train

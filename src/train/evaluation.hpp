// SPDX-License-Identifier: Apache-2.0
#pragma once

// FusedOps over samples in inference mode: validation and Dice by modality.

#include <cstdint>
#include <functional>
#include <span>

#include "msunet/comm/communicator.hpp"
#include "msunet/record/control.hpp"
#include "msunet/record/metrics.hpp"
#include "msunet/train/checkpoint.hpp"
#include "msunet/train/step_engine.hpp"

namespace msunet::train {

/// The group agreed to pause or stop; nothing of the pass is kept.
struct PauseRequest {};

/// A rank of the group failed within a step; every rank of the group throws it at the same place.
struct GroupFailure {};

/// Agreement on the answers of `TrialControl` through the status of the engine's reductions. A
/// group of one agrees at once, a larger one in its next reduction.
class Agreement {
public:
    explicit Agreement(int ranks) : ranks_(ranks) {}

    /// What this rank asks for in its next reduction.
    [[nodiscard]] std::int64_t status() const { return pending_; }
    /// Notes an answer of the control.
    void ask(record::Answer answer);
    /// Takes up what a reduction brought. Throws GroupFailure.
    void learn(std::int64_t status);
    /// Throws PauseRequest if the group has agreed to pause or stop.
    void check() const;

private:
    int ranks_;
    std::int64_t pending_ = 0;
    std::int64_t agreed_ = 0;
};

/// Collective over the group: sums over samples, in their order, in batches of `batch_size`, this
/// rank working on its share of each. `after_batch` is called after each with its number.
EpochSums evaluate(
    StepEngine& engine, std::span<const std::uint32_t> samples, std::int64_t batch_size,
    const comm::Communicator& group, Agreement& agreement,
    const std::function<void(std::int64_t batch, std::int64_t batches)>& after_batch);

/// Collective over the group: Dice by modality of validation and of original training samples.
record::ModalityDice evaluate_modalities(
    StepEngine& engine, const data::PatchIndex& index, std::int64_t batch_size,
    const comm::Communicator& group, Agreement& agreement,
    const std::function<void(std::int64_t batch, std::int64_t batches)>& after_batch);

}  // namespace msunet::train

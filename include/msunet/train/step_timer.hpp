// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "msunet/comm/communicator.hpp"
#include "msunet/data/batch_sampler.hpp"
#include "msunet/train/profile.hpp"
#include "msunet/train/step_engine.hpp"

namespace msunet::train {

/// Where steps are timed. References outlive the timer.
struct StepTimerPlace {
    const unet::Architecture& architecture;
    const comm::Communicator& group;
    comm::AllReducer* reducer = nullptr;  ///< of the group; null: a group of one
    EngineFactory make_engine = make_cpu_engine;
    model::Precision precision = model::Precision::float32;
    bool deterministic = true;
};

/// Steps that were timed, on this rank.
struct StepTimes {
    std::vector<double> seconds;  ///< of each step
    double samples = 0;           ///< of a global batch
};

/// Times an engine's steps on the training samples of a data set. Its methods are collective over
/// the group and do nothing once a step has failed.
class StepTimer {
public:
    /// `dataset` and `index` must outlive it.
    StepTimer(const data::Dataset& dataset, const data::PatchIndex& index,
              const unet::Hyperparameters& hyperparameters, const StepTimerPlace& place);

    /// Times one step, of training or of inference.
    void train();
    void infer();
    /// Steps that aren't timed.
    void warm_up(std::int64_t steps, bool inference);
    /// Seconds of one training step by section, the mean of `steps`.
    [[nodiscard]] SectionSeconds profile(std::int64_t steps);

    [[nodiscard]] const StepTimes& training() const { return training_; }
    [[nodiscard]] const StepTimes& inference() const { return inference_; }
    /// Why a step failed on this rank; empty where none did.
    [[nodiscard]] std::string failure() const { return engine_->failure(); }
    [[nodiscard]] std::int64_t peak_memory() const { return engine_->peak_memory(); }

private:
    void time(StepTimes& times, bool inference);
    void next_epoch_if_due();
    /// Takes the next batch of the epoch. Returns the samples of the global batch.
    double step(bool inference);
    [[nodiscard]] std::size_t whole_batches() const;

    const data::PatchIndex& index_;
    const comm::Communicator& group_;
    unet::Hyperparameters hyperparameters_;
    std::vector<core::NamedArray> start_weights_;
    std::vector<float> sample_weights_;
    std::unique_ptr<StepEngine> engine_;
    std::optional<data::BatchSampler> sampler_;
    StepTimes training_, inference_;
    std::size_t batch_ = 0;
    std::int64_t epoch_ = 0;
    std::int64_t step_ = 0;
    bool failed_ = false;
};

}  // namespace msunet::train

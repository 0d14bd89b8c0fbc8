// SPDX-License-Identifier: Apache-2.0
#include "msunet/train/step_timer.hpp"

#include <algorithm>

#include "msunet/core/time.hpp"
#include "msunet/model/dropout.hpp"
#include "msunet/unet/initializers.hpp"

namespace msunet::train {

namespace {
constexpr std::uint64_t seed = 1;
}

StepTimer::StepTimer(const data::Dataset& dataset, const data::PatchIndex& index,
                     const unet::Hyperparameters& hyperparameters, const StepTimerPlace& place)
    : index_(index),
      group_(place.group),
      hyperparameters_(hyperparameters),
      start_weights_(unet::initial_weights(place.architecture, seed)),
      sample_weights_(index.size(), 1.0F),
      engine_(place.make_engine({.architecture = place.architecture,
                                 .dataset = dataset,
                                 .index = index_,
                                 .hyperparameters = hyperparameters_,
                                 .start_weights = start_weights_,
                                 .sample_weights = sample_weights_,
                                 .reducer = place.reducer,
                                 .precision = place.precision,
                                 .dropout_key = model::dropout_key(seed, 0),
                                 .deterministic = place.deterministic})) {}

void StepTimer::train() { time(training_, false); }

void StepTimer::infer() { time(inference_, true); }

void StepTimer::warm_up(std::int64_t steps, bool inference) {
    for (std::int64_t i = 0; i < steps && !failed_; ++i) {
        next_epoch_if_due();
        step(inference);
    }
}

SectionSeconds StepTimer::profile(std::int64_t steps) {
    const StepProfile profile;
    warm_up(steps, false);
    auto seconds = profile.seconds();
    for (double& one : seconds) one /= static_cast<double>(steps);
    return seconds;
}

void StepTimer::time(StepTimes& times, bool inference) {
    if (failed_) return;
    // A new epoch's order is no part of a step.
    next_epoch_if_due();
    const double began = core::steady_seconds();
    times.samples = std::max(times.samples, step(inference));
    times.seconds.push_back(core::steady_seconds() - began);
}

void StepTimer::next_epoch_if_due() {
    // Whole batches alone, so that steps compare.
    if (sampler_ && batch_ < whole_batches()) return;
    sampler_ = data::BatchSampler::shuffled(index_.training(),
                                            static_cast<std::size_t>(hyperparameters_.batch_size),
                                            seed, 0, static_cast<std::uint64_t>(epoch_++));
    batch_ = 0;
}

double StepTimer::step(bool inference) {
    const auto global = static_cast<std::int64_t>(sampler_->batch(batch_).size());
    const auto share = sampler_->share(batch_, group_.rank(), group_.size());
    const BatchPart part{.samples = sampler_->batch(batch_, group_.rank(), group_.size()),
                         .first = static_cast<std::int64_t>(share.begin),
                         .global = global,
                         .epoch = epoch_};
    const auto outcome = inference ? engine_->evaluate(part, 0)
                                   : engine_->train(part, step_++, hyperparameters_.lr, 0);
    failed_ = outcome.status >= StepEngine::failed_status;
    ++batch_;
    return static_cast<double>(global);
}

std::size_t StepTimer::whole_batches() const {
    const auto batch_size = static_cast<std::size_t>(hyperparameters_.batch_size);
    return std::max<std::size_t>(1, index_.training().size() / batch_size);
}

}  // namespace msunet::train

// SPDX-License-Identifier: Apache-2.0
#include "train/evaluation.hpp"

#include <algorithm>

#include "msunet/data/batch_sampler.hpp"

namespace msunet::train {

void Agreement::ask(record::Answer answer) {
    pending_ = std::max(pending_, static_cast<std::int64_t>(answer));
    if (ranks_ == 1) agreed_ = std::max(agreed_, pending_);
}

void Agreement::learn(std::int64_t status) {
    if (status >= StepEngine::failed_status) throw GroupFailure{};
    agreed_ = std::max(agreed_, status);
}

void Agreement::check() const {
    if (agreed_ > 0) throw PauseRequest{};
}

EpochSums evaluate(
    StepEngine& engine, std::span<const std::uint32_t> samples, std::int64_t batch_size,
    const comm::Communicator& group, Agreement& agreement,
    const std::function<void(std::int64_t batch, std::int64_t batches)>& after_batch) {
    const auto sampler =
        data::BatchSampler::in_order(samples, static_cast<std::size_t>(batch_size));
    EpochSums sums;
    for (std::size_t i = 0; i < sampler.steps(); ++i) {
        const auto global = static_cast<std::int64_t>(sampler.batch(i).size());
        const StepOutcome outcome = engine.evaluate(
            {.samples = sampler.batch(i, group.rank(), group.size()),
             .first = static_cast<std::int64_t>(sampler.share(i, group.rank(), group.size()).begin),
             .global = global},
            agreement.status());
        agreement.learn(outcome.status);
        sums.add(outcome.sums, global);
        after_batch(static_cast<std::int64_t>(i), static_cast<std::int64_t>(sampler.steps()));
        agreement.check();
    }
    return sums;
}

record::ModalityDice evaluate_modalities(
    StepEngine& engine, const data::PatchIndex& index, std::int64_t batch_size,
    const comm::Communicator& group, Agreement& agreement,
    const std::function<void(std::int64_t batch, std::int64_t batches)>& after_batch) {
    record::ModalityDice dice;
    const auto take = [&](data::Part part, auto& values) {
        for (std::size_t i = 0; i < values.size(); ++i) {
            const auto samples = index.samples(part, static_cast<core::Modality>(i));
            if (samples.empty()) continue;
            const EpochSums sums =
                evaluate(engine, samples, batch_size, group, agreement, after_batch);
            values[i] = sums.dice_coef / static_cast<double>(sums.batches);
        }
    };
    take(data::Part::validation, dice.val);
    take(data::Part::training_original, dice.train);
    return dice;
}

}  // namespace msunet::train

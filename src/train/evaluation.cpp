// SPDX-License-Identifier: Apache-2.0
#include "train/evaluation.hpp"

#include "msunet/core/time.hpp"
#include "msunet/data/batch_sampler.hpp"
#include "msunet/train/trial_failure.hpp"

namespace msunet::train {

std::optional<EpochSums> Evaluation::sums(std::span<const std::uint32_t> samples,
                                          std::int64_t epoch) {
    const auto& group = setup_.context.group;
    const auto sampler = data::BatchSampler::in_order(
        samples, static_cast<std::size_t>(setup_.hyperparameters.batch_size));
    EpochSums sums;
    for (std::size_t i = 0; i < sampler.steps(); ++i) {
        const double began = core::steady_seconds();
        const auto global = static_cast<std::int64_t>(sampler.batch(i).size());
        const StepOutcome outcome = engine_.evaluate(
            {.samples = sampler.batch(i, group.rank(), group.size()),
             .first = static_cast<std::int64_t>(sampler.share(i, group.rank(), group.size()).begin),
             .global = global},
            control_.status());
        throw_if_step_failed(group, engine_, outcome.status);
        control_.learn(outcome.status);
        sums.add(outcome.sums, global);
        control_.step_ended(epoch, static_cast<std::int64_t>(i),
                            static_cast<std::int64_t>(sampler.steps()),
                            core::steady_seconds() - began);
        if (control_.pause_agreed()) return std::nullopt;
    }
    return sums;
}

std::optional<EpochSums> Evaluation::validation(std::int64_t epoch) {
    return sums(setup_.index.validation(), epoch);
}

std::optional<record::ModalityDice> Evaluation::modalities(std::int64_t epoch) {
    record::ModalityDice dice;
    const auto take = [&](data::Part part, auto& values) {
        for (std::size_t i = 0; i < values.size(); ++i) {
            const auto samples = setup_.index.samples(part, static_cast<core::Modality>(i));
            if (samples.empty()) continue;
            const auto total = sums(samples, epoch);
            if (!total) return false;
            values[i] = total->dice_coef / static_cast<double>(total->batches);
        }
        return true;
    };
    if (!take(data::Part::validation, dice.val)) return std::nullopt;
    if (!take(data::Part::training_original, dice.train)) return std::nullopt;
    return dice;
}

record::Metrics metrics_of(const EpochSums& training, const std::optional<EpochSums>& validation) {
    const auto batches = static_cast<double>(training.batches);
    record::Metrics metrics;
    metrics.loss = training.weighted_loss / static_cast<double>(training.samples);
    metrics.dice_coef = training.dice_coef / batches;
    metrics.jaccard_similarity = training.jaccard / batches;
    if (validation) {
        const auto val_batches = static_cast<double>(validation->batches);
        metrics.val_loss = validation->loss / static_cast<double>(validation->samples);
        metrics.val_dice_coef = validation->dice_coef / val_batches;
        metrics.val_jaccard_similarity = validation->jaccard / val_batches;
    }
    return metrics;
}

}  // namespace msunet::train

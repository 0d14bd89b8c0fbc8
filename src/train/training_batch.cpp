// SPDX-License-Identifier: Apache-2.0
#include "msunet/train/training_batch.hpp"

#include <ATen/Parallel.h>

#include "msunet/data/augmented_batch.hpp"
#include "msunet/data/cut_batch.hpp"

namespace msunet::train {

bool is_augmented(const EngineSpec& spec) {
    return spec.hyperparameters.online_augmentation != core::AugmentationLevel::none;
}

void cut_training_batch(const EngineSpec& spec, const BatchPart& part, float* x, float* y) {
    if (!is_augmented(spec)) {
        data::cut_batch(spec.dataset, spec.index, part.samples, x, y);
        return;
    }
    const data::OnlineAugmentation augmentation{.level = spec.hyperparameters.online_augmentation,
                                                .mirrors = spec.mirrors,
                                                .key = spec.augmentation_key};
    const std::int64_t area = spec.index.padded_height() * spec.index.padded_width();
    const auto samples = static_cast<std::int64_t>(part.samples.size());
    at::parallel_for(0, samples, 1, [&](std::int64_t begin, std::int64_t end) {
        data::cut_augmented_batch(spec.dataset, spec.index,
                                  part.samples.subspan(static_cast<std::size_t>(begin),
                                                       static_cast<std::size_t>(end - begin)),
                                  augmentation, static_cast<std::uint64_t>(part.epoch),
                                  x + begin * area, y + begin * area);
    });
}

}  // namespace msunet::train

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "msunet/train/step_engine.hpp"

namespace msunet::train {

/// Whether the samples of training steps are augmented.
[[nodiscard]] bool is_augmented(const EngineSpec& spec);

/// Cuts the samples of a training step in the host's memory, augmented if the trial asks for it;
/// `x` and `y` as data::cut_batch writes them. Augmented samples are shared out over libtorch's
/// threads.
void cut_training_batch(const EngineSpec& spec, const BatchPart& part, float* x, float* y);

}  // namespace msunet::train

// SPDX-License-Identifier: Apache-2.0
#pragma once

// How a trial is trained, checkpointed and watched.

#include <cstdint>
#include <optional>
#include <string>

#include "msunet/core/options.hpp"

namespace msunet::train {

/// Options of training that are not hyperparameters.
struct TrainOptions {
    std::string precision = "auto";
    std::optional<std::int64_t> threads;  ///< none: cores of the node / its ranks
    bool sync_batch_norm = true;
    bool deterministic = true;
    std::string modality_metrics = "last";
    std::string keep_models = "best";
    double checkpoint_minutes = 1;
    double stall_timeout = 600;  ///< seconds
};

/// Walks the options of `TrainOptions`.
inline void describe(core::OptionVisitor& visitor, TrainOptions& options) {
    visitor.visit({.name = "precision",
                   .help = "Floating-point format of training; bf16 keeps master weights, "
                           "statistics and loss in float32",
                   .affects = core::Affects::run,
                   .choices = {"auto", "float32", "tf32", "bf16", "float64"},
                   .commands = {"train", "bench"},
                   .default_text = "auto: float32 on the CPU, tf32 on the GPU"},
                  options.precision);
    visitor.visit({.name = "threads",
                   .help = "Threads a rank",
                   .affects = core::Affects::run,
                   .value_name = "N",
                   .min = 1.0,
                   .default_text = "cores of the node / its ranks"},
                  options.threads);
    visitor.visit({.name = "sync_batch_norm",
                   .help = "Batch normalisation sees the whole batch of the group, not each rank's "
                           "part; False is faster, and the result then depends on the group's size",
                   .affects = core::Affects::result,
                   .commands = {"train"}},
                  options.sync_batch_norm);
    visitor.visit({.name = "deterministic",
                   .help = "A run repeats bit for bit on a GPU too; False may be faster",
                   .affects = core::Affects::result,
                   .commands = {"train"}},
                  options.deterministic);
    visitor.visit({.name = "modality_metrics",
                   .help = "When Dice by modality is taken: after the last epoch or after each",
                   .affects = core::Affects::run,
                   .choices = {"last", "every_epoch"},
                   .commands = {"train"}},
                  options.modality_metrics);
    visitor.visit({.name = "keep_models",
                   .help = "Whose trained weights stay on disk: those of the best permutation so "
                           "far, or all",
                   .affects = core::Affects::run,
                   .choices = {"best", "all"},
                   .commands = {"train"}},
                  options.keep_models);
    visitor.visit({.name = "checkpoint_minutes",
                   .help = "A checkpoint is saved at the first end of an epoch so many minutes or "
                           "more after the last one; 0: after every epoch",
                   .affects = core::Affects::run,
                   .value_name = "M",
                   .min = 0.0,
                   .commands = {"train"}},
                  options.checkpoint_minutes);
    visitor.visit({.name = "stall_timeout",
                   .help = "A rank that makes no progress for so many seconds (or 20 times its "
                           "median step, if that is longer) ends the job, resumable",
                   .affects = core::Affects::run,
                   .value_name = "SECONDS",
                   .min = 1.0,
                   .commands = {"train"}},
                  options.stall_timeout);
}

}  // namespace msunet::train

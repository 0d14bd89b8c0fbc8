// SPDX-License-Identifier: Apache-2.0
/// \file
/// How a trial is trained, checkpointed and watched.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "msunet/core/device.hpp"
#include "msunet/core/options.hpp"
#include "msunet/core/precision.hpp"

namespace msunet::train {

/// When Dice by modality is computed.
enum class ModalityMetrics : std::uint8_t { last, every_epoch };
constexpr std::array<std::string_view, 2> names_of(ModalityMetrics /*any*/) {
    return {"last", "every_epoch"};
}

/// Whose trained weights stay on disk.
enum class KeepModels : std::uint8_t { best, all };
constexpr std::array<std::string_view, 2> names_of(KeepModels /*any*/) { return {"best", "all"}; }

/// Options of training that are not hyperparameters.
struct TrainOptions {
    core::Device device = core::Device::automatic;
    std::optional<core::Precision> precision;  ///< nullopt: model::default_precision
    std::optional<std::int64_t> threads;       ///< nullopt: cores of the node / its ranks
    bool sync_batch_norm = true;
    bool deterministic = true;
    ModalityMetrics modality_metrics = ModalityMetrics::last;
    KeepModels keep_models = KeepModels::best;
    double checkpoint_minutes = 1;
    double stall_timeout = 600;  ///< seconds
};

/// Walks the options of `TrainOptions`.
inline void describe(core::OptionVisitor& visitor, TrainOptions& options) {
    visitor.visit({.name = "device",
                   .help = core::device_help,
                   .affects = core::Affects::run,
                   .commands = {"train", "bench"}},
                  options.device);
    visitor.visit({.name = "precision",
                   .help = "Floating-point format of training. bf16 keeps master weights, "
                           "statistics and loss in float32",
                   .affects = core::Affects::run,
                   .absent = "auto",
                   .commands = {"train", "bench"},
                   .default_text = "auto: float32 on the CPU, tf32 on a GPU"},
                  options.precision);
    visitor.visit({.name = "threads",
                   .help = "Threads of each rank",
                   .affects = core::Affects::run,
                   .value_name = "N",
                   .min = 1.0,
                   .max = core::most_threads,
                   .default_text = "cores of the node / its ranks"},
                  options.threads);
    visitor.visit({.name = "sync_batch_norm",
                   .help = "BatchNorm takes its statistics over the batch of the whole group, not "
                           "over each rank's part of it; False is faster, but the result then "
                           "depends on the number of ranks of the group",
                   .affects = core::Affects::result,
                   .commands = {"train"}},
                  options.sync_batch_norm);
    visitor.visit(
        {.name = "deterministic",
         .help = "A run on a GPU can be repeated bit for bit, as on the CPU; False may be "
                 "faster",
         .affects = core::Affects::result,
         .commands = {"train", "bench"}},
        options.deterministic);
    visitor.visit({.name = "modality_metrics",
                   .help = "When Dice by modality is computed: after the last epoch or after every "
                           "epoch",
                   .affects = core::Affects::run,
                   .commands = {"train"}},
                  options.modality_metrics);
    visitor.visit({.name = "keep_models",
                   .help = "Trained weights that stay on disk: those of the best trial so far, or "
                           "of all trials, with the checkpoints from which --extend goes on to "
                           "more epochs",
                   .affects = core::Affects::run,
                   .commands = {"train"}},
                  options.keep_models);
    visitor.visit(
        {.name = "checkpoint_minutes",
         .help = "A checkpoint is saved when the last one is this old, also within an epoch, on a "
                 "slow file system less often; 0: after every epoch, and only there",
         .affects = core::Affects::run,
         .value_name = "M",
         .min = 0.0,
         .commands = {"train"}},
        options.checkpoint_minutes);
    visitor.visit({.name = "stall_timeout",
                   .help = "The job ends, resumable, if a rank makes no progress for this long, or "
                           "for 20 times its median step if that is longer",
                   .affects = core::Affects::run,
                   .value_name = "SECONDS",
                   .min = 1.0,
                   .commands = {"train"}},
                  options.stall_timeout);
}

}  // namespace msunet::train

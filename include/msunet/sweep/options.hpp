// SPDX-License-Identifier: Apache-2.0
/// Options of the sweep: which permutations are tried, which one is best, who trains them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "msunet/core/options.hpp"

namespace msunet::sweep {

/// See behaviour of the options in docs; texts are parsed by the functions of this module.
struct SweepOptions {
    std::optional<std::string> metric;
    std::optional<double> fraction_limit;
    std::optional<std::int64_t> round_limit;
    std::optional<std::string> boolean_limit;
    std::string random_method = "uniform_mersenne";
    std::optional<std::string> time_limit;          ///< core::parse_deadline
    std::optional<std::string> performance_target;  ///< parse_performance_target
    std::string ranks_per_trial = "auto";           ///< parse_ranks_per_trial
    std::int64_t trials_per_gpu = 1;
    std::optional<std::string> shard;  ///< parse_shard
    bool dedicated_dispatcher = false;
    bool retry_failed = false;
};

/// Names, ranges and help of the sweep's options.
inline void describe(core::OptionVisitor& visitor, SweepOptions& options) {
    using core::Affects;
    visitor.visit(
        {.name = "metric",
         .help = "What \"best\" means: a column of the history or of the Dice by modality "
                 "(fmri_val_dice); losses count the lowest as best, all others the "
                 "highest, ties go to the lower id.",
         .affects = Affects::result,
         .value_name = "NAME",
         .default_text = "val_dice_coef with validation data, else dice_coef"},
        options.metric);
    visitor.visit({.name = "fraction_limit",
                   .help = "Try only this fraction of the permutations, drawn by --random_method. "
                           "Comes before --round_limit and --boolean_limit.",
                   .affects = Affects::result,
                   .value_name = "F",
                   .min = 0.0,
                   .max = 1.0,
                   .min_open = true},
                  options.fraction_limit);
    visitor.visit({.name = "round_limit",
                   .help = "Try only this many permutations, drawn by --random_method.",
                   .affects = Affects::result,
                   .value_name = "N",
                   .min = 1.0},
                  options.round_limit);
    visitor.visit({.name = "boolean_limit",
                   .help = "Try only permutations for which this expression holds, for example "
                           "\"lr < 0.01 and batch_size != 256\". Filters what the other limits "
                           "have drawn.",
                   .affects = Affects::result,
                   .value_name = "EXPR"},
                  options.boolean_limit);
    visitor.visit({.name = "random_method",
                   .help = "How permutations are drawn: uniform_mersenne, sobol, halton or "
                           "latin_hypercube (Talos's latin_* names mean it). All draw distinct "
                           "permutations, the same ones for the same --seed.",
                   .affects = Affects::result,
                   .value_name = "NAME"},
                  options.random_method);
    visitor.visit({.name = "time_limit",
                   .help = "No trial starts after this date (2026-01-31 18:00) or this long after "
                           "the start (90 min, 12 h, 1:30:00); those that run finish.",
                   .affects = Affects::run,
                   .value_name = "T"},
                  options.time_limit);
    visitor.visit({.name = "performance_target",
                   .help = "No trial starts once one has reached this value; those that run "
                           "finish. With \"less\" (losses always) at most the value, else at "
                           "least.",
                   .affects = Affects::run,
                   .value_name = "METRIC,VALUE[,less]"},
                  options.performance_target);
    visitor.visit({.name = "ranks_per_trial",
                   .help = "Ranks that train one permutation together: as many as keep all busy "
                           "(auto), all of a node, or a number.",
                   .affects = Affects::run,
                   .value_name = "auto|node|N",
                   .range = "auto, node, or an integer of at least 1"},
                  options.ranks_per_trial);
    visitor.visit({.name = "trials_per_gpu",
                   .help = "Ranks that may share a GPU, each with a trial of its own.",
                   .affects = Affects::run,
                   .value_name = "N",
                   .min = 1.0},
                  options.trials_per_gpu);
    visitor.visit({.name = "shard",
                   .help = "Try only part i of N of the permutations, in a folder of its own: for "
                           "job arrays without MPI across nodes. \"msunet merge\" joins them.",
                   .affects = Affects::result,
                   .value_name = "i/N",
                   .range = "i/N with 1 ≤ i ≤ N"},
                  options.shard);
    visitor.visit({.name = "dedicated_dispatcher",
                   .help = "Rank 0 hands out trials and trains none: for very large worlds.",
                   .affects = Affects::run},
                  options.dedicated_dispatcher);
    visitor.visit({.name = "retry_failed",
                   .help = "Run failed trials of a resumed sweep again.",
                   .affects = Affects::run},
                  options.retry_failed);
}

}  // namespace msunet::sweep

// SPDX-License-Identifier: Apache-2.0
/// \file
/// Options of the sweep: which permutations are tried, which trial is best, which ranks train.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "msunet/core/options.hpp"
#include "msunet/core/time.hpp"
#include "msunet/sweep/target.hpp"

namespace msunet::sweep {

/// How permutations are chosen. `grid`: all of them, or as many as a limit says, drawn uniformly;
/// `tpe`: by the results so far (see suggester.hpp).
enum class Sampler : std::uint8_t { grid, random, sobol, halton, latin_hypercube, tpe };
constexpr std::array<std::string_view, 6> names_of(Sampler /*any*/) {
    return {"grid", "random", "sobol", "halton", "latin_hypercube", "tpe"};
}

/// How permutations are drawn: Talos's option for it.
enum class RandomMethod : std::uint8_t { uniform_mersenne, sobol, halton, latin_hypercube };
constexpr std::array<std::string_view, 4> names_of(RandomMethod /*any*/) {
    return {"uniform_mersenne", "sobol", "halton", "latin_hypercube"};
}
/// Talos's names for it.
constexpr std::array<core::Alias<RandomMethod>, 3> aliases_of(RandomMethod /*any*/) {
    return {{{"latin_matrix", RandomMethod::latin_hypercube},
             {"latin_sudoku", RandomMethod::latin_hypercube},
             {"latin_improved", RandomMethod::latin_hypercube}}};
}

/// How far permutations are trained (see strategy.hpp).
enum class StrategyKind : std::uint8_t { grid, halving, hyperband, asha };
constexpr std::array<std::string_view, 4> names_of(StrategyKind /*any*/) {
    return {"grid", "halving", "hyperband", "asha"};
}
/// Whether a search waits at a rung for all trials that can arrive there. It needs all permutations
/// at its start, and how many epochs it trains is known.
constexpr bool waits_at_rungs(StrategyKind kind) {
    return kind == StrategyKind::halving || kind == StrategyKind::hyperband;
}

/// How many ranks train one permutation together.
struct RanksPerTrial {
    enum class Kind : std::uint8_t { automatic, node, number } kind = Kind::automatic;
    std::int64_t number = 0;

    friend bool operator==(const RanksPerTrial&, const RanksPerTrial&) = default;
};
/// "auto", "node" or the number.
[[nodiscard]] std::string to_text(const RanksPerTrial& ranks);
[[nodiscard]] bool from_text(std::string_view text, RanksPerTrial& ranks);

/// How many ranks may share a GPU; nothing: as many as memory and a measured step allow
/// (gpu_sharing.hpp).
struct TrialsPerGpu {
    std::optional<std::int64_t> number = 1;

    friend bool operator==(const TrialsPerGpu&, const TrialsPerGpu&) = default;
};
/// "auto" or the number.
[[nodiscard]] std::string to_text(const TrialsPerGpu& trials);
[[nodiscard]] bool from_text(std::string_view text, TrialsPerGpu& trials);

/// Part `index` of `count`, `index` from 1.
struct Shard {
    std::int64_t index = 1;
    std::int64_t count = 1;

    friend bool operator==(const Shard&, const Shard&) = default;
};
/// "1/8".
[[nodiscard]] std::string to_text(const Shard& shard);
[[nodiscard]] bool from_text(std::string_view text, Shard& shard);

/// What --help and docs/options.md tell of each.
struct SweepOptions {
    std::optional<std::string> metric;
    std::optional<double> fraction_limit;
    std::optional<std::int64_t> round_limit;
    std::optional<std::string> boolean_limit;
    std::optional<Sampler> sampler;
    std::optional<RandomMethod> random_method;
    StrategyKind strategy = StrategyKind::grid;
    std::int64_t reduction_factor = 3;
    std::int64_t min_epochs = 1;
    std::optional<std::int64_t> strategy_budget;
    std::optional<core::Deadline> time_limit;
    std::optional<PerformanceTarget> performance_target;
    RanksPerTrial ranks_per_trial;
    TrialsPerGpu trials_per_gpu;
    std::optional<Shard> shard;
    bool share_prefixes = true;
    bool dedicated_dispatcher = false;
    bool retry_failed = false;
    bool refit = true;
};

/// The sampler that these options mean, `random_method` being another name of some.
[[nodiscard]] Sampler sampler_of(const SweepOptions& options);
/// How that sampler draws; uniformly for those that draw by no other method.
[[nodiscard]] RandomMethod method_of(const SweepOptions& options);
/// Throws core::UsageError where both options are given, or the sampler needs a limit and there is
/// none, or it excludes a shard.
void check_sampler(const SweepOptions& options);
/// Throws core::UsageError for a budget without a search, and where the strategy needs all
/// permutations at its start and the sampler suggests them.
void check_search(const SweepOptions& options);

/// Names, ranges and help of the sweep's options.
inline void describe(core::OptionVisitor& visitor, SweepOptions& options) {
    using core::Affects;
    visitor.visit(
        {.name = "metric",
         .help = "The metric that decides which trial is best: a column of the history or of the "
                 "Dice by modality (fmri_val_dice). The lowest value is best for losses, the "
                 "highest for all others; of equal trials the first of the table.",
         .affects = Affects::result,
         .value_name = "NAME",
         .default_text = "val_dice_coef with validation data, else dice_coef"},
        options.metric);
    visitor.visit({.name = "fraction_limit",
                   .help = "Try only this fraction of the permutations, chosen by --sampler. "
                           "With it --round_limit has no effect.",
                   .affects = Affects::result,
                   .value_name = "F",
                   .min = 0.0,
                   .max = 1.0,
                   .min_open = true},
                  options.fraction_limit);
    visitor.visit({.name = "round_limit",
                   .help = "Try only this many permutations, chosen by --sampler. A grid with "
                           "distributions needs it.",
                   .affects = Affects::result,
                   .value_name = "N",
                   .min = 1.0},
                  options.round_limit);
    visitor.visit({.name = "boolean_limit",
                   .help = "Try only permutations for which this expression is true, for example "
                           "\"lr < 0.01 and batch_size != 256\". It is applied to the permutations "
                           "that the other limits have drawn.",
                   .affects = Affects::result,
                   .value_name = "EXPR"},
                  options.boolean_limit);
    visitor.visit({.name = "sampler",
                   .help = "How permutations are chosen. grid: all; with a limit, drawn uniformly. "
                           "random, sobol, halton and latin_hypercube draw as many as the limit "
                           "says, distinct ones and the same for the same --seed. tpe suggests one "
                           "after another by the results so far.",
                   .affects = Affects::result,
                   .absent = "auto",
                   .default_text = "that of --random_method"},
                  options.sampler);
    visitor.visit(
        {.name = "random_method",
         .help = "Talos's option for --sampler. uniform_mersenne is random; Talos's other "
                 "latin_... names mean latin_hypercube.",
         .affects = Affects::result,
         .default_text = "uniform_mersenne"},
        options.random_method);
    visitor.visit({.name = "strategy",
                   .help = "How far permutations are trained. grid: all to their ends. halving, "
                           "hyperband and asha pause them at rungs of more and more epochs, "
                           "compare them by --metric, train the best on and stop the others. "
                           "With --folds they do so on the first fold; what reaches its end "
                           "there is trained on the others.",
                   .affects = Affects::result},
                  options.strategy);
    visitor.visit(
        {.name = "reduction_factor",
         .help = "At each rung of the search the best one in N trials is trained on; the next "
                 "rung has N times as many epochs.",
         .affects = Affects::result,
         .value_name = "N",
         .min = 2.0},
        options.reduction_factor);
    visitor.visit({.name = "min_epochs",
                   .help = "Epochs at the first rung of the search.",
                   .affects = Affects::result,
                   .value_name = "N",
                   .min = 1.0},
                  options.min_epochs);
    visitor.visit({.name = "strategy_budget",
                   .help = "Epochs that the search may assign in all trials together. What would "
                           "take more is not started, or not trained on.",
                   .affects = Affects::result,
                   .value_name = "EPOCHS",
                   .min = 1.0},
                  options.strategy_budget);
    visitor.visit({.name = "time_limit",
                   .help = "No trial starts after this date or this long after the start; running "
                           "trials finish.",
                   .affects = Affects::run,
                   .value_name = "T",
                   .range = core::deadline_forms},
                  options.time_limit);
    visitor.visit({.name = "performance_target",
                   .help = "No trial starts once one has reached this value of the metric; running "
                           "trials finish. Reached means at least the value, with \"less\" and for "
                           "losses at most the value.",
                   .affects = Affects::run,
                   .value_name = "METRIC,VALUE[,less]",
                   .range = "METRIC,VALUE[,less], for example val_dice_coef,0.95 or val_loss,0.1"},
                  options.performance_target);
    visitor.visit({.name = "ranks_per_trial",
                   .help = "Ranks that train one permutation together. auto: one, or more if there "
                           "are fewer trials than ranks; node: all ranks of a node.",
                   .affects = Affects::run,
                   .value_name = "auto|node|N",
                   .range = "auto, node, or an integer of at least 1"},
                  options.ranks_per_trial);
    visitor.visit({.name = "trials_per_gpu",
                   .help = "Ranks that may share a GPU. Each of them trains its own permutation. "
                           "auto: measures training steps at the start, and lets as many ranks "
                           "share a GPU as fit in its memory and make all of them together "
                           "faster. A resumed sweep keeps that number.",
                   .affects = Affects::run,
                   .value_name = "auto|N",
                   .range = "auto, or an integer of at least 1"},
                  options.trials_per_gpu);
    visitor.visit({.name = "shard",
                   .help = "Try only part i of N of the permutations, with a folder of its own for "
                           "each part: for job arrays without MPI between nodes. \"msunet merge\" "
                           "joins the folders.",
                   .affects = Affects::result,
                   .value_name = "i/N",
                   .range = "i/N with 1 ≤ i ≤ N"},
                  options.shard);
    visitor.visit({.name = "share_prefixes",
                   .help = "Train permutations once that differ only in where they end (epochs, "
                           "early_stopping, restore_best), or in keys without effect. Each has the "
                           "results that it has trained alone. A resumed sweep keeps what it was "
                           "started with. False: also, --extend trains what is new from its first "
                           "epoch.",
                   .affects = Affects::run},
                  options.share_prefixes);
    visitor.visit({.name = "dedicated_dispatcher",
                   .help = "Rank 0 assigns trials to groups and trains none itself: for a very "
                           "large number of ranks.",
                   .affects = Affects::run},
                  options.dedicated_dispatcher);
    visitor.visit({.name = "retry_failed",
                   .help = "When a sweep is resumed, run its failed trials again.",
                   .affects = Affects::run},
                  options.retry_failed);
    visitor.visit({.name = "refit",
                   .help = "With --folds, train the best permutation on all scans at the end: this "
                           "model becomes best_model.hdf5 and that of the archive.",
                   .affects = Affects::run},
                  options.refit);
}

}  // namespace msunet::sweep

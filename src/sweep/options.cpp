// SPDX-License-Identifier: Apache-2.0
#include "msunet/sweep/options.hpp"

#include <vector>

#include "msunet/core/error.hpp"
#include "msunet/core/text.hpp"

namespace msunet::sweep {

namespace {

constexpr std::string_view automatic = "auto";
constexpr std::string_view whole_node = "node";

Sampler sampler_of(RandomMethod method) {
    switch (method) {
        case RandomMethod::sobol:
            return Sampler::sobol;
        case RandomMethod::halton:
            return Sampler::halton;
        case RandomMethod::latin_hypercube:
            return Sampler::latin_hypercube;
        case RandomMethod::uniform_mersenne:
            break;
    }
    return Sampler::random;
}

}  // namespace

Sampler sampler_of(const SweepOptions& options) {
    if (options.sampler) return *options.sampler;
    return options.random_method ? sampler_of(*options.random_method) : Sampler::grid;
}

RandomMethod method_of(const SweepOptions& options) {
    switch (sampler_of(options)) {
        case Sampler::sobol:
            return RandomMethod::sobol;
        case Sampler::halton:
            return RandomMethod::halton;
        case Sampler::latin_hypercube:
            return RandomMethod::latin_hypercube;
        case Sampler::grid:
        case Sampler::random:
        case Sampler::tpe:
            break;
    }
    return RandomMethod::uniform_mersenne;
}

void check_sampler(const SweepOptions& options) {
    if (!options.sampler) return;
    const auto refuse = [&](core::Problem problem) {
        problem.option = "--sampler";
        problem.got = core::name_of(*options.sampler);
        throw core::UsageError(problem);
    };
    if (options.random_method) {
        refuse({.problem = core::concat("and --random_method ",
                                        core::quoted(core::name_of(*options.random_method)),
                                        " can't be combined"),
                .why = "both choose the permutations",
                .advice = "give one of the two"});
    }
    if (*options.sampler == Sampler::grid) return;
    if (!options.round_limit && !options.fraction_limit) {
        refuse({.problem = "needs --round_limit N or --fraction_limit F",
                .advice = "which say how many permutations are tried"});
    }
    if (*options.sampler == Sampler::tpe && options.shard) {
        refuse({.problem = "and --shard can't be combined",
                .why = "shards don't know each other's results",
                .advice = "start one sweep on all nodes"});
    }
}

void check_search(const SweepOptions& options) {
    if (options.strategy == StrategyKind::grid && options.strategy_budget) {
        throw core::UsageError({.option = "--strategy_budget",
                                .problem = "needs a search",
                                .why = "--strategy grid trains all to their ends",
                                .advice = "give --strategy halving, hyperband or asha"});
    }
    if (waits_at_rungs(options.strategy) && sampler_of(options) == Sampler::tpe) {
        throw core::UsageError({.option = "--strategy",
                                .got = std::string(core::name_of(options.strategy)),
                                .problem = "needs all permutations at its start and --sampler tpe "
                                           "suggests them one after the other",
                                .advice = "use --strategy asha or grid"});
    }
}

std::string to_text(const RanksPerTrial& ranks) {
    switch (ranks.kind) {
        case RanksPerTrial::Kind::automatic:
            return std::string(automatic);
        case RanksPerTrial::Kind::node:
            return std::string(whole_node);
        case RanksPerTrial::Kind::number:
            break;
    }
    return std::to_string(ranks.number);
}

bool from_text(std::string_view text, RanksPerTrial& ranks) {
    const auto number = core::to_integer(text);
    if (text == automatic) {
        ranks = {};
    } else if (text == whole_node) {
        ranks = {RanksPerTrial::Kind::node, 0};
    } else if (number && *number >= 1) {
        ranks = {RanksPerTrial::Kind::number, *number};
    } else {
        return false;
    }
    return true;
}

std::string to_text(const TrialsPerGpu& trials) {
    return trials.number ? std::to_string(*trials.number) : std::string(automatic);
}

bool from_text(std::string_view text, TrialsPerGpu& trials) {
    const auto number = core::to_integer(text);
    if (text == automatic) {
        trials.number.reset();
    } else if (number && *number >= 1) {
        trials.number = *number;
    } else {
        return false;
    }
    return true;
}

std::string to_text(const Shard& shard) { return core::concat(shard.index, "/", shard.count); }

bool from_text(std::string_view text, Shard& shard) {
    const std::vector<std::string> parts = core::split(text, '/');
    const auto index = core::to_integer(parts.front());
    const auto count = parts.size() == 2 ? core::to_integer(parts[1]) : std::nullopt;
    if (!index || !count || *index < 1 || *count < *index) return false;
    shard = {*index, *count};
    return true;
}

}  // namespace msunet::sweep

// SPDX-License-Identifier: Apache-2.0
// The scaling suite's benchmarks of training, and the limits of the machine.

#include <algorithm>
#include <initializer_list>
#include <utility>

#include "bench_data.hpp"
#include "bench_place.hpp"
#include "msunet/bench/machine.hpp"
#include "msunet/bench/names.hpp"
#include "msunet/comm/or_end_job.hpp"
#include "msunet/core/signals.hpp"
#include "msunet/core/text.hpp"
#include "msunet/data/dummy_samples.hpp"
#include "msunet/data/patch_index.hpp"
#include "msunet/train/step_timer.hpp"

namespace msunet::measure {

namespace {

constexpr std::int64_t suite_warm_up_steps = 2;
constexpr std::int64_t profiled_steps = 4;
/// Of a measurement of the machine's limits.
constexpr double limit_seconds = 0.25;

namespace names = bench::names;

/// The ranks of `set` as one group, or each as a group of its own; all others train nothing.
sweep::Placement placement_of(const sweep::Placement& single, const bench::RankSet& set,
                              bool as_one) {
    auto placement = single;
    placement.group_size = as_one ? set.size() : 1;
    placement.groups = as_one ? 1 : set.size();
    for (auto& slot : placement.slots) {
        const auto found = std::find(set.ranks.begin(), set.ranks.end(), slot.rank);
        const auto place = found - set.ranks.begin();
        const bool trains = found != set.ranks.end();
        slot.group = !trains ? -1 : as_one ? 0 : place;
        slot.rank_in_group = trains && as_one ? place : 0;
    }
    return placement;
}

/// Dummy samples for a global batch of `times` the option's.
struct Samples {
    data::Dataset dataset;
    data::PatchIndex index;
    unet::Hyperparameters hyperparameters;

    Samples(const settings::BenchOptions& options, std::int64_t times)
        // Windows that overlap: a set for thousands of ranks takes no more memory than for one.
        : dataset(data::dummy_samples(options.batch_size, options.patch_size,
                                      options.patch_size + times - 1)),
          index(dataset, {.fractional = false, .size = options.patch_size, .stride = 1}),
          hyperparameters(bench_hyperparameters(options)) {
        hyperparameters.batch_size *= times;
    }
};

double sum_of(const std::vector<double>& values) {
    double sum = 0;
    for (const double value : values) sum += value;
    return sum;
}

/// Collective over `ranks`: the first failure of a step on any of them.
std::optional<core::Failure> first_failure(const train::StepTimer& timer,
                                           const comm::Communicator& ranks) {
    for (const auto& failure : ranks.all_gather(timer.failure())) {
        if (failure.empty()) continue;
        return core::Failure{.problems = {{.problem = "a step failed",
                                           .why = failure,
                                           .advice = "try a smaller --batch_size"}}};
    }
    return std::nullopt;
}

train::StepTimer make_timer(const BenchSuite& suite, const unet::Architecture& architecture,
                            const Samples& samples) {
    const auto& compute = suite.compute;
    return {samples.dataset,
            samples.index,
            samples.hyperparameters,
            {architecture, compute.group(), compute.reducer(), compute.engine_factory(),
             compute.precision(), suite.settings.train.train.deterministic}};
}

/// Collective over `ranks`, which are one group.
TimedOutcome time_together(const BenchSuite& suite, std::int64_t times,
                           const comm::Communicator& ranks) {
    const auto architecture = unet::published_architecture();
    const Samples samples(suite.settings.bench, times);
    auto timer = make_timer(suite, architecture, samples);
    const auto steps = suite.settings.bench.steps;
    TimedOutcome outcome;
    timer.warm_up(suite_warm_up_steps, false);
    for (std::int64_t i = 0; i < steps && !ranks.any_of(core::stop_requested()); ++i) timer.train();
    const auto& times_of_steps = timer.training();
    outcome.timed.seconds = sum_of(times_of_steps.seconds);
    outcome.timed.amount =
        times_of_steps.samples * static_cast<double>(times_of_steps.seconds.size());
    if (!suite.compute.on_gpu()) {
        outcome.timed.profiled = true;
        outcome.timed.sections = timer.profile(std::min(steps, profiled_steps));
        ranks.all_reduce(std::span<double>(outcome.timed.sections), comm::Operation::sum);
        for (double& seconds : outcome.timed.sections) seconds /= ranks.size();
    }
    outcome.failure = first_failure(timer, ranks);
    return outcome;
}

/// Collective over `ranks`, each of which is a group of its own.
TimedOutcome time_apart(const BenchSuite& suite, const comm::Communicator& ranks) {
    const auto architecture = unet::published_architecture();
    const Samples samples(suite.settings.bench, 1);
    auto timer = make_timer(suite, architecture, samples);
    timer.warm_up(suite_warm_up_steps, false);
    ranks.barrier();
    const auto steps = suite.settings.bench.steps;
    for (std::int64_t i = 0; i < steps && !core::stop_requested(); ++i) timer.train();
    const auto& times = timer.training();
    TimedOutcome outcome;
    outcome.timed = together(ranks, times.samples * static_cast<double>(times.seconds.size()),
                             sum_of(times.seconds));
    outcome.failure = first_failure(timer, ranks);
    return outcome;
}

/// The triad's arrays on a node, over all of its ranks.
struct TriadSize {
    double array_bytes = 0;
    double cache_bytes = 0;  ///< last-level caches of the node; 0: unknown
};

/// Collective over `world`: of this rank's node, and of the node whose arrays exceed its caches
/// least.
std::pair<TriadSize, TriadSize> triad_sizes(const comm::Communicator& world) {
    TriadSize mine;
    mine.cache_bytes = bench::last_level_cache_bytes();
    mine.array_bytes = bench::triad_array_bytes(mine.cache_bytes, bench::free_memory_bytes());
    const auto all = world.all_gather(mine);
    const auto least =
        std::min_element(all.begin(), all.end(), [](const TriadSize& a, const TriadSize& b) {
            return a.array_bytes * b.cache_bytes < b.array_bytes * a.cache_bytes;
        });
    return {mine, *least};
}

std::string triad_notice(const TriadSize& size) {
    const auto arrays = core::concat("each of the triad's three arrays has ",
                                     core::bytes_text(size.array_bytes), " on a node, ");
    if (size.cache_bytes == 0) return arrays + "the size of its caches is unknown";
    const double factor = size.array_bytes / size.cache_bytes;
    const auto text = core::concat(arrays, core::fixed(factor, 1), " times its last-level caches (",
                                   core::bytes_text(size.cache_bytes), ")");
    if (factor >= bench::triad_cache_factor) return text;
    return text +
           "; more did not fit into a quarter of its free memory, so that some of the "
           "bandwidth may be that of the caches";
}

}  // namespace

void bench_limits(BenchSuite& suite) {
    const auto& world = suite.world();
    const auto threads =
        static_cast<int>(suite.single.slots[static_cast<std::size_t>(world.rank())].threads);
    if (suite.compute.on_gpu()) {
        suite.results.notices.emplace_back(
            "limits are those of the processors; there is no roofline for GPUs");
    }
    const auto [mine, least] = triad_sizes(world);
    suite.results.notices.push_back(triad_notice(least));
    const double array_bytes = mine.array_bytes;
    const auto measure = [&](const Measured& what, const bench::RankSet& set, int repeat,
                             const std::function<bench::Work(int place)>& work) {
        const auto timed = on_ranks(world, set, [&](const comm::Communicator& ranks) {
            ranks.barrier();
            const auto done = work(ranks.rank());
            return TimedOutcome{together(ranks, done.amount, done.seconds), {}};
        });
        add_measurement(suite, what, set, repeat, timed);
    };
    repeat_over(suite, names::limits, suite.all, [&](const bench::RankSet& set, int repeat) {
        measure({names::limits, names::multiply_add, names::flop}, set, repeat,
                [&](int) { return bench::time_multiply_adds(threads, limit_seconds); });
        measure({names::limits, names::triad, names::bytes}, set, repeat, [&](int place) {
            return bench::time_triad(threads, limit_seconds, array_bytes / set.ranks_beside(place));
        });
    });
}

void bench_group(BenchSuite& suite) {
    const auto& world = suite.world();
    const auto batch_size = suite.settings.bench.batch_size;
    const auto measure = [&](const bench::RankSet& set, int repeat, std::int64_t times,
                             std::initializer_list<std::string_view> variants) {
        comm::or_end_job(world, [&] { suite.compute.use(placement_of(suite.single, set, true)); });
        const auto timed = on_ranks(world, set, [&](const comm::Communicator& ranks) {
            return time_together(suite, times, ranks);
        });
        for (const auto variant : variants) {
            add_measurement(suite, {names::group, variant, names::samples}, set, repeat, timed);
        }
    };
    repeat_over(suite, names::group, suite.training, [&](const bench::RankSet& set, int repeat) {
        // On one rank both are the same steps.
        if (set.size() == 1) return measure(set, repeat, 1, {names::strong, names::weak});
        if (set.size() <= batch_size) measure(set, repeat, 1, {names::strong});
        measure(set, repeat, set.size(), {names::weak});
    });
    if (suite.training.back().size() > batch_size) {
        suite.results.notices.push_back(
            core::concat("strong scaling ends where each rank has one of the ", batch_size,
                         " samples of a batch; a larger --batch_size goes further"));
    }
}

void bench_sweep(BenchSuite& suite) {
    const auto& world = suite.world();
    repeat_over(suite, names::sweep, suite.training, [&](const bench::RankSet& set, int repeat) {
        comm::or_end_job(world, [&] { suite.compute.use(placement_of(suite.single, set, false)); });
        const auto timed = on_ranks(
            world, set, [&](const comm::Communicator& ranks) { return time_apart(suite, ranks); });
        add_measurement(suite, {names::sweep, "", names::samples}, set, repeat, timed);
    });
}

}  // namespace msunet::measure

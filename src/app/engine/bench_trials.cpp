// SPDX-License-Identifier: Apache-2.0
// The scaling suite's benchmarks of training, and the limits of the machine.

#include <algorithm>
#include <map>
#include <utility>

#include "bench_data.hpp"
#include "bench_place.hpp"
#include "bench_table.hpp"
#include "msunet/bench/machine.hpp"
#include "msunet/comm/sleeping_barrier.hpp"
#include "msunet/core/text.hpp"
#include "msunet/data/patch_index.hpp"
#include "msunet/train/step_timer.hpp"
#include "or_end_job.hpp"

namespace msunet::app {

namespace {

constexpr std::int64_t suite_warm_up_steps = 2;
constexpr std::int64_t profiled_steps = 4;
/// Of a measurement of the machine's limits.
constexpr double limit_seconds = 0.25;

/// The ranks of `count` as one group, or each as a group of its own; all others train nothing.
sweep::Placement placement_of(const sweep::Placement& single, const bench::Count& count,
                              bool as_one) {
    auto placement = single;
    placement.group_size = as_one ? count.size() : 1;
    placement.groups = as_one ? 1 : count.size();
    for (auto& slot : placement.slots) {
        const auto found = std::find(count.ranks.begin(), count.ranks.end(), slot.rank);
        const auto place = found - count.ranks.begin();
        const bool trains = found != count.ranks.end();
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

    Samples(const BenchOptions& options, std::int64_t times)
        // Windows that overlap: a set for thousands of ranks takes no more memory than for one.
        : dataset(dummy_samples(options.batch_size, options.patch_size,
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
std::string first_failure(const train::StepTimer& timer, const comm::Communicator& ranks) {
    for (const auto& failure : ranks.all_gather(timer.failure())) {
        if (failure.empty()) continue;
        return core::concat("a step failed (", failure, "), try a smaller --batch_size");
    }
    return {};
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
    for (std::int64_t i = 0; i < steps; ++i) timer.train();
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
    for (std::int64_t i = 0; i < suite.settings.bench.steps; ++i) timer.train();
    const auto& times = timer.training();
    TimedOutcome outcome;
    outcome.timed = together(ranks, times.samples * static_cast<double>(times.seconds.size()),
                             sum_of(times.seconds));
    outcome.failure = first_failure(timer, ranks);
    return outcome;
}

/// Means of the parts of a step over the repeats.
class PartMeans {
public:
    void add(const std::string& variant, const bench::Count& count, const Timed& timed) {
        if (!timed.profiled) return;
        auto& mean = means_[{variant, count.size()}];
        mean.nodes = count.nodes;
        ++mean.repeats;
        for (std::size_t i = 0; i < timed.sections.size(); ++i) {
            mean.sums[i] += timed.sections[i];
        }
    }

    [[nodiscard]] std::vector<bench::StepParts> parts() const {
        std::vector<bench::StepParts> all;
        for (const auto& [key, mean] : means_) {
            auto& one = all.emplace_back();
            one.variant = key.first;
            one.ranks = key.second;
            one.nodes = mean.nodes;
            for (std::size_t i = 0; i < mean.sums.size(); ++i) {
                one.seconds.emplace_back(section_name(i), mean.sums[i] / mean.repeats);
            }
        }
        return all;
    }

private:
    struct Mean {
        int nodes = 1;
        int repeats = 0;
        train::SectionSeconds sums{};
    };
    std::map<std::pair<std::string, int>, Mean> means_;
};

}  // namespace

void bench_limits(BenchSuite& suite) {
    const auto& world = suite.world();
    const auto threads_of = [&suite](int rank) {
        return static_cast<int>(suite.single.slots[static_cast<std::size_t>(rank)].threads);
    };
    const int threads = threads_of(world.rank());
    for (std::int64_t repeat = 1; repeat <= suite.settings.bench.repeats; ++repeat) {
        for (const auto& count : suite.all) {
            const int on_node = (count.size() + count.nodes - 1) / count.nodes;
            const auto time = [&](const std::function<bench::Work()>& work) {
                return on_ranks(world, count, [&](const comm::Communicator& ranks) {
                    ranks.barrier();
                    const auto done = work();
                    return TimedOutcome{together(ranks, done.amount, done.seconds), {}};
                });
            };
            add_measurement(suite, "limits", "multiply-add", "flop", count, repeat, time([&] {
                                return bench::time_multiply_adds(threads, limit_seconds);
                            }));
            add_measurement(suite, "limits", "triad", "bytes", count, repeat, time([&] {
                                return bench::time_triad(threads, limit_seconds,
                                                         bench::triad_array_bytes(on_node));
                            }));
        }
    }
}

void bench_group(BenchSuite& suite) {
    const auto& options = suite.settings.bench;
    const auto& world = suite.world();
    PartMeans means;
    const auto measure = [&](const bench::Count& count, const char* variant, std::int64_t times,
                             std::int64_t repeat) {
        or_end_job(world, [&] { suite.compute.use(placement_of(suite.single, count, true)); });
        const auto timed = on_ranks(world, count, [&](const comm::Communicator& ranks) {
            return time_together(suite, times, ranks);
        });
        add_measurement(suite, "group", variant, "samples", count, repeat, timed);
        means.add(variant, count, timed);
    };
    // Repeats go over all counts in turn, so that other load on the machine affects all alike.
    for (std::int64_t repeat = 1; repeat <= options.repeats; ++repeat) {
        for (const auto& count : suite.training) {
            if (count.size() <= options.batch_size) measure(count, "strong", 1, repeat);
            measure(count, "weak", count.size(), repeat);
        }
    }
    suite.results.parts = means.parts();
    if (suite.training.back().size() > options.batch_size) {
        suite.results.notices.push_back(
            core::concat("strong scaling ends where each rank has one of the ", options.batch_size,
                         " samples of a batch; a larger --batch_size goes further"));
    }
}

void bench_sweep(BenchSuite& suite) {
    const auto& world = suite.world();
    for (std::int64_t repeat = 1; repeat <= suite.settings.bench.repeats; ++repeat) {
        for (const auto& count : suite.training) {
            or_end_job(world, [&] { suite.compute.use(placement_of(suite.single, count, false)); });
            const auto timed = on_ranks(world, count, [&](const comm::Communicator& ranks) {
                return time_apart(suite, ranks);
            });
            add_measurement(suite, "sweep", "", "samples", count, repeat, timed);
        }
    }
}

}  // namespace msunet::app

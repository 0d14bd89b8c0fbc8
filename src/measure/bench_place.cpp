// SPDX-License-Identifier: Apache-2.0
#include "bench_place.hpp"

#include <algorithm>
#include <numeric>

#include "bench_table.hpp"
#include "msunet/codec/failure.hpp"
#include "msunet/codec/json.hpp"
#include "msunet/comm/or_end_job.hpp"
#include "msunet/comm/sleeping_barrier.hpp"
#include "msunet/core/log.hpp"
#include "msunet/core/signals.hpp"
#include "msunet/core/text.hpp"
#include "msunet/core/time.hpp"

namespace msunet::measure {

using core::concat;

namespace {

/// Collective over `world`: throws on all ranks what rank `from` has, if anything.
void throw_failure(const std::optional<core::Failure>& failure, const comm::Communicator& world,
                   int from) {
    const auto text = world.broadcast(failure ? codec::to_json(*failure) : std::string(), from);
    if (text.empty()) return;
    const auto sent = codec::from_json<core::Failure>(text);
    throw core::Error(sent.code, sent.problems);
}

/// Share of a step's time in all-reduces.
double reduction_share(const train::SectionSeconds& sections) {
    const double total = std::accumulate(sections.begin(), sections.end(), 0.0);
    const double reduction = sections[static_cast<std::size_t>(train::Section::reduction)];
    return total > 0 ? reduction / total : 0;
}

}  // namespace

core::Error stopped_error() {
    return {core::ExitCode::failure, "stopped by a signal before the end"};
}

void check_stop(const comm::Communicator& ranks) {
    if (ranks.any_of(core::stop_requested())) throw stopped_error();
}

Timed on_ranks(const comm::Communicator& world, const bench::RankSet& set,
               const std::function<TimedOutcome(const comm::Communicator& ranks)>& part) {
    const auto mine = std::find(set.ranks.begin(), set.ranks.end(), world.rank());
    const bool takes_part = mine != set.ranks.end();
    const auto ranks = world.split(takes_part ? 0 : 1, static_cast<int>(mine - set.ranks.begin()));
    TimedOutcome outcome;
    if (takes_part) outcome = comm::or_end_job(world, [&] { return part(ranks); });
    comm::sleeping_barrier(world);
    check_stop(world);
    const int first = set.ranks.front();
    throw_failure(outcome.failure, world, first);
    return world.broadcast(outcome.timed, first);
}

TimedOutcome outcome_of(const std::function<Timed()>& part) {
    TimedOutcome outcome;
    try {
        outcome.timed = part();
    } catch (const core::Error& error) {
        outcome.failure = core::failure_of(error);
    }
    return outcome;
}

Timed together(const comm::Communicator& ranks, double amount, double seconds) {
    // Whoever is done must not take time from those that still measure.
    comm::sleeping_barrier(ranks);
    const double all = ranks.all_reduce(amount, comm::Operation::sum);
    const double rate = ranks.all_reduce(seconds > 0 ? amount / seconds : 0, comm::Operation::sum);
    Timed timed;
    timed.amount = all;
    timed.seconds = rate > 0 ? all / rate : 0;
    return timed;
}

std::string idle_ranks_text(const sweep::Placement& placement) {
    std::vector<std::string> idle;
    for (const auto& slot : placement.slots) {
        if (slot.group < 0) idle.push_back(std::to_string(slot.rank));
    }
    if (idle.empty()) return {};
    return concat("ranks that time no steps: ", core::join(std::span<const std::string>(idle)),
                  " (other ranks of the node use the GPUs that they see), start a rank for each "
                  "GPU and let it see all GPUs of its node (srun --gpu-bind=none)");
}

void repeat_over(BenchSuite& suite, std::string_view benchmark,
                 const std::vector<bench::RankSet>& sets,
                 const std::function<void(const bench::RankSet& set, int repeat)>& measure) {
    const auto repeats = static_cast<int>(suite.settings.bench.repeats);
    for (int repeat = 1; repeat <= repeats; ++repeat) {
        const double began = core::steady_seconds();
        for (const auto& set : sets) measure(set, repeat);
        core::log::progress("");
        core::log::info(concat(benchmark, ": repeat ", repeat, " of ", repeats, " took ",
                               core::duration_text(core::steady_seconds() - began)));
        write_bench_files(suite);
    }
}

void add_measurement(BenchSuite& suite, const Measured& what, const bench::RankSet& set, int repeat,
                     const Timed& timed) {
    const auto& slot = suite.single.slots[static_cast<std::size_t>(set.ranks.front())];
    auto& one = suite.results.measurements.emplace_back();
    one.benchmark = what.benchmark;
    one.variant = what.variant;
    one.ranks = set.size();
    one.nodes = set.nodes();
    one.threads = static_cast<int>(slot.threads);
    one.repeat = repeat;
    one.seconds = timed.seconds;
    one.amount = timed.amount;
    one.unit = what.unit;
    if (timed.profiled) {
        one.parts = step_parts(timed.sections);
        one.reduction = reduction_share(timed.sections);
    }
    core::log::progress(concat(what.benchmark, what.variant.empty() ? "" : " ", what.variant, ", ",
                               set.size(), " of ", suite.world().size(), " ranks, repeat ", repeat,
                               " of ", suite.settings.bench.repeats, ": ",
                               bench::rate_text(one.rate(), what.unit)));
}

}  // namespace msunet::measure

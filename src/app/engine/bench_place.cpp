// SPDX-License-Identifier: Apache-2.0
#include "bench_place.hpp"

#include <algorithm>
#include <system_error>

#include "../on_root.hpp"
#include "msunet/comm/sleeping_barrier.hpp"
#include "msunet/core/file.hpp"
#include "msunet/core/log.hpp"
#include "msunet/core/text.hpp"
#include "or_end_job.hpp"

namespace msunet::app {

using core::concat;

namespace fs = std::filesystem;

Timed on_ranks(const comm::Communicator& world, const bench::Count& count,
               const std::function<TimedOutcome(const comm::Communicator& ranks)>& part) {
    const auto mine = std::find(count.ranks.begin(), count.ranks.end(), world.rank());
    const bool takes_part = mine != count.ranks.end();
    const auto ranks =
        world.split(takes_part ? 0 : 1, static_cast<int>(mine - count.ranks.begin()));
    TimedOutcome outcome;
    if (takes_part) outcome = or_end_job(world, [&] { return part(ranks); });
    comm::sleeping_barrier(world);
    const int first = count.ranks.front();
    const auto failure = world.broadcast(outcome.failure, first);
    if (!failure.empty()) throw core::Error(core::ExitCode::failure, failure);
    return world.broadcast(outcome.timed, first);
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

void add_measurement(BenchSuite& suite, const std::string& benchmark, const std::string& variant,
                     const std::string& unit, const bench::Count& count, std::int64_t repeat,
                     const Timed& timed) {
    auto& one = suite.results.measurements.emplace_back();
    one.benchmark = benchmark;
    one.variant = variant;
    one.ranks = count.size();
    one.nodes = count.nodes;
    one.threads =
        static_cast<int>(suite.single.slots[static_cast<std::size_t>(count.ranks.front())].threads);
    one.repeat = static_cast<int>(repeat);
    one.seconds = timed.seconds;
    one.amount = timed.amount;
    one.unit = unit;
    if (timed.profiled) {
        double total = 0;
        for (const double seconds : timed.sections) total += seconds;
        const double waited = timed.sections[static_cast<std::size_t>(train::Section::reduction)];
        one.reduction = total > 0 ? waited / total : 0;
    }
    core::log::progress(concat(benchmark, variant.empty() ? "" : " ", variant, ", ", count.size(),
                               " of ", suite.world().size(), " ranks, repeat ", repeat, " of ",
                               suite.settings.bench.repeats, ": ",
                               bench::rate_text(one.rate(), unit)));
}

Scratch::Scratch(const BenchOptions& options, const comm::NodeTopology& topology)
    : is_root_(topology.all().is_root()) {
    const auto& world = topology.all();
    folder_ = on_root(world, [&] {
        const fs::path base = options.scratch              ? fs::path(*options.scratch)
                              : topology.node_count() == 1 ? fs::temp_directory_path()
                                                           : fs::current_path();
        const auto folder = fs::absolute(base) / concat(".msunet_bench_", core::unique_suffix());
        core::make_directories(folder);
        return folder.string();
    });
    std::error_code ignored;
    const bool sees = fs::is_directory(folder_, ignored);
    const auto blind = world.all_gather(sees ? -1 : world.rank());
    const auto found = std::find_if(blind.begin(), blind.end(), [](int rank) { return rank >= 0; });
    if (found == blind.end()) return;
    if (is_root_) fs::remove_all(folder_, ignored);
    const auto node = topology.node_of_rank()[static_cast<std::size_t>(*found)];
    throw core::UsageError(concat("rank ", *found, " on ",
                                  topology.hosts()[static_cast<std::size_t>(node)],
                                  " does not see ", core::quoted(folder_.parent_path().string()),
                                  " of rank 0, give --scratch a folder on a file system that all "
                                  "nodes share"));
}

Scratch::~Scratch() {
    std::error_code ignored;
    if (is_root_) fs::remove_all(folder_, ignored);
}

}  // namespace msunet::app

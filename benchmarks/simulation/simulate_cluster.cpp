// SPDX-License-Identifier: Apache-2.0
// What a sweep loses on a cluster that is larger than any at hand: the program's own scheduler,
// strategies and state machines in simulated time.
//
//   simulate_cluster [NAME=VALUE…]        help: names and defaults
//
// Trials of 9 epochs, whose seconds are lognormal (median 20 s, sigma 1: one in a hundred takes ten
// times as long). Four groups on a node; a node that fails ends the job, which is started again.
// Prints a row of a table in Markdown, or of a CSV file.

#include <cmath>
#include <cstdint>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

#include "msunet/core/named_enum.hpp"
#include "msunet/core/random.hpp"
#include "msunet/core/text.hpp"
#include "scenario.hpp"
#include "simulated_sweep.hpp"

namespace msunet::simulation {
namespace {

using record::TrialId;

constexpr std::int64_t epochs = 9;
constexpr double median_epoch_seconds = 20;
constexpr double groups_per_node = 4;
// Rank 0 takes 44 µs of a trial with four messages and three lines (benchmarks/README.md).
constexpr double rank0_seconds = 7e-6;
constexpr double latency_seconds = 20e-6;
// Rank 0 looks for messages after each training step.
constexpr double step_seconds = 0.3;
constexpr double requeue_seconds = 300;
constexpr double start_seconds = 60;
constexpr double mega = 1e6, giga = 1e9, milli = 1e-3;

core::RandomStream stream_of(TrialId trial, std::uint64_t purpose) {
    return core::RandomStream(core::derive_seed(trial, {purpose}));
}

double epoch_seconds(TrialId trial) {
    auto random = stream_of(trial, 1);
    return median_epoch_seconds * std::exp(random.normal());
}

/// Rises towards a value of the trial's own.
double dice(TrialId trial, std::int64_t epoch) {
    auto random = stream_of(trial, 2);
    return random.uniform() * (1 - std::exp(-0.5 * static_cast<double>(epoch + 1)));
}

record::SweepStart start_of(std::uint64_t trials) {
    record::SweepStart start;
    start.metric = "val_dice_coef";
    auto& values = start.grid["n"];
    for (std::uint64_t id = 0; id < trials; ++id) {
        values.emplace_back(static_cast<std::int64_t>(id));
        start.trials.push_back(id);
    }
    return start;
}

/// Every node reads the program; the data set is read once and exchanged between nodes.
double seconds_to_read(const Scenario& scenario) {
    if (scenario.bandwidth <= 0) return 0;
    const double nodes = std::ceil(static_cast<double>(scenario.groups) / groups_per_node);
    const double times_data = scenario.data_by_each_node ? nodes : 1;
    return (nodes * scenario.program + times_data * scenario.data) / scenario.bandwidth;
}

FileSystem file_system_of(const Scenario& scenario) {
    return {.bandwidth = scenario.bandwidth * giga,
            .stream_bandwidth = scenario.stream * giga,
            .file_seconds = scenario.file * milli,
            .sync_seconds = scenario.sync * milli,
            .sync_interval = scenario.sync_each_line ? 0.0 : 1.0,
            .checkpoint_bytes = scenario.checkpoint * mega,
            .result_bytes = scenario.result * mega};
}

Outcome run(const Scenario& scenario) {
    Workload workload;
    workload.epochs = [](TrialId) { return epochs; };
    workload.seconds = [](TrialId trial, std::int64_t) { return epoch_seconds(trial); };
    workload.dice = dice;
    if (scenario.known) workload.cost = epoch_seconds;
    workload.rules.kind = scenario.strategy;
    Cluster cluster;
    cluster.groups = scenario.groups;
    cluster.latency = latency_seconds;
    cluster.look_seconds = step_seconds;
    cluster.service = rank0_seconds;
    cluster.write = rank0_seconds;
    cluster.files = file_system_of(scenario);
    cluster.checkpoints = {.interval = scenario.interval, .patience = scenario.patience};
    cluster.group_mtbf = scenario.node_mtbf * 3600 * groups_per_node;
    cluster.requeue_seconds = requeue_seconds;
    cluster.start_seconds = start_seconds + seconds_to_read(scenario);
    return simulate(start_of(scenario.trials), workload, cluster);
}

/// Where the time of all groups went, in percent.
struct Shares {
    double training = 0, unserved = 0, files = 0, undone = 0, starts = 0;

    Shares(const Scenario& scenario, const Outcome& outcome) {
        const auto groups = static_cast<double>(scenario.groups);
        const double percent = 100 / (groups * outcome.seconds);
        training = percent * outcome.training_seconds;
        unserved = percent * outcome.unserved_seconds;
        files = percent * outcome.waited_seconds;
        undone = percent * outcome.lost_seconds;
        starts = percent * groups * outcome.start_seconds;
    }
    /// At the end, when there are fewer trials left than groups.
    [[nodiscard]] double idle() const {
        return 100 - training - unserved - files - undone - starts;
    }
    [[nodiscard]] double efficiency_without_idle() const { return 100 * training / (100 - idle()); }
};

std::string text(double value, int digits = 1) { return core::fixed(value, digits); }

std::vector<std::string> markdown(const Scenario& scenario, const Outcome& outcome) {
    const Shares shares(scenario, outcome);
    const auto percent = [](double value) { return text(value) + " %"; };
    return {core::thousands(scenario.groups),
            core::thousands(static_cast<std::int64_t>(scenario.trials)),
            std::string(core::name_of(scenario.strategy)),
            scenario.known ? "yes" : "no",
            scenario.node_mtbf > 0
                ? core::thousands(static_cast<std::int64_t>(scenario.node_mtbf)) + " h"
                : "none",
            scenario.bandwidth > 0 ? text(scenario.bandwidth) + " GB/s" : "no limit",
            std::to_string(outcome.starts),
            text(outcome.seconds / 3600) + " h",
            percent(shares.training),
            percent(shares.idle()),
            percent(shares.unserved),
            percent(shares.files),
            percent(shares.undone),
            percent(shares.starts),
            text(100 * outcome.rank0_seconds / outcome.seconds, 2) + " %",
            text(outcome.longest_queue, 2) + " s"};
}

std::vector<std::string> csv(const Scenario& scenario, const Outcome& outcome) {
    const Shares shares(scenario, outcome);
    std::vector<std::string> cells{std::to_string(scenario.groups),     text(scenario.node_mtbf, 0),
                                   text(scenario.bandwidth, 2),         text(scenario.sync, 2),
                                   scenario.sync_each_line ? "1" : "0", text(scenario.patience, 0),
                                   std::to_string(outcome.starts)};
    for (const double value :
         {shares.efficiency_without_idle(), shares.training, shares.idle(), shares.unserved,
          shares.files, shares.undone, shares.starts, 100 * outcome.rank0_seconds / outcome.seconds,
          outcome.longest_queue}) {
        cells.push_back(text(value, 2));
    }
    return cells;
}

}  // namespace
}  // namespace msunet::simulation

int main(int argc, char** argv) {
    using namespace msunet;
    using namespace msunet::simulation;
    try {
        const std::vector<std::string> arguments(argv + 1, argv + argc);
        if (arguments == std::vector<std::string>{"help"}) {
            std::cout << scenario_help();
            return 0;
        }
        const auto scenario = scenario_of(arguments);
        const auto outcome = run(scenario);
        if (scenario.csv) {
            std::cout << core::join(csv(scenario, outcome), ",") << '\n';
        } else {
            std::cout << "| " << core::join(markdown(scenario, outcome), " | ") << " |\n";
        }
        return 0;
    } catch (const std::exception& error) {
        std::cerr << "simulate_cluster: " << error.what() << '\n';
        return 1;
    }
}

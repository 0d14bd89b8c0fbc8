// SPDX-License-Identifier: Apache-2.0
// What a sweep loses on a cluster that is larger than any at hand: the program's own scheduler,
// strategies and state machines in simulated time.
//
//   simulate_cluster GROUPS TRIALS [STRATEGY [NODE_MTBF_HOURS [known]]]
//
// Trials of 9 epochs, whose seconds are lognormal (median 20 s, sigma 1: one in a hundred takes ten
// times as long). Four groups on a node; with NODE_MTBF_HOURS a node fails that often in the mean,
// which ends the job, and the job is started again; 0: none fails. known: the scheduler knows how
// long each trial takes. Prints a row of a Markdown table.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <exception>
#include <iostream>
#include <numeric>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "msunet/core/named_enum.hpp"
#include "msunet/core/random.hpp"
#include "msunet/core/text.hpp"
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
constexpr double requeue_seconds = 300;
constexpr double start_seconds = 60;
constexpr double checkpoint_seconds = 2;

struct Scenario {
    sweep::GroupId groups = 1;
    std::uint64_t trials = 1;
    sweep::StrategyKind strategy = sweep::StrategyKind::grid;
    double node_mtbf_hours = 0;
    bool known = false;
};

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
    cluster.service = rank0_seconds;
    cluster.write = rank0_seconds;
    cluster.checkpoint_seconds = checkpoint_seconds;
    cluster.group_mtbf = scenario.node_mtbf_hours * 3600 * groups_per_node;
    cluster.requeue_seconds = requeue_seconds;
    cluster.start_seconds = start_seconds;
    return simulate(start_of(scenario.trials), workload, cluster);
}

void print(const Scenario& scenario, const Outcome& outcome) {
    const double ideal = outcome.training_seconds / static_cast<double>(scenario.groups);
    const auto cell = [](double value, int digits) { return core::fixed(value, digits); };
    std::cout << core::concat(
        "| ", core::thousands(scenario.groups), " | ",
        core::thousands(static_cast<std::int64_t>(scenario.trials)), " | ",
        core::name_of(scenario.strategy), " | ", scenario.known ? "yes" : "no", " | ",
        scenario.node_mtbf_hours > 0
            ? core::thousands(static_cast<std::int64_t>(scenario.node_mtbf_hours)) + " h"
            : "none",
        " | ", outcome.starts, " | ", cell(outcome.seconds / 3600, 1), " h | ",
        cell(100 * ideal / outcome.seconds, 1), " % | ",
        cell(100 * outcome.lost_seconds / (outcome.training_seconds + outcome.lost_seconds), 1),
        " % | ", cell(100 * outcome.rank0_seconds / outcome.seconds, 2), " % | ",
        cell(1e3 * outcome.longest_queue, 1), " ms |\n");
}

Scenario scenario_of(const std::vector<std::string>& arguments) {
    if (arguments.size() < 2) throw std::runtime_error("GROUPS and TRIALS are missing");
    Scenario scenario;
    scenario.groups = std::stoll(arguments[0]);
    scenario.trials = std::stoull(arguments[1]);
    if (arguments.size() > 2) {
        const auto strategy = core::value_named<sweep::StrategyKind>(arguments[2]);
        if (!strategy) throw std::runtime_error("unknown strategy " + arguments[2]);
        scenario.strategy = *strategy;
    }
    if (arguments.size() > 3) scenario.node_mtbf_hours = std::stod(arguments[3]);
    scenario.known = arguments.size() > 4 && arguments[4] == "known";
    return scenario;
}

}  // namespace
}  // namespace msunet::simulation

int main(int argc, char** argv) {
    try {
        const auto scenario = msunet::simulation::scenario_of({argv + 1, argv + argc});
        msunet::simulation::print(scenario, msunet::simulation::run(scenario));
        return 0;
    } catch (const std::exception& error) {
        std::cerr << "simulate_cluster: " << error.what() << '\n';
        return 1;
    }
}

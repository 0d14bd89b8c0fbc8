// SPDX-License-Identifier: Apache-2.0
// How much longer than the ideal a sweep takes whose trials only wait, with the program's own
// dispatcher: scheduler, messages, journal, partial results and the lines for the user.
//
//   mpirun -n RANKS dispatch_benchmark TRIALS SECONDS FOLDER [FACTOR [STRATEGY]]
//
// SECONDS is the length of an epoch. A trial has one, with a STRATEGY (halving, hyperband,
// asha) 27. FOLDER must not exist; it is kept, as an experiment that `msunet status` and `msunet
// report` can read. With FACTOR the program fails if the sweep takes more than FACTOR times the
// ideal.

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <iostream>
#include <iterator>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "app/engine/run_sweep.hpp"
#include "msunet/comm/environment.hpp"
#include "msunet/core/file.hpp"
#include "msunet/core/log.hpp"
#include "msunet/core/text.hpp"
#include "msunet/core/time.hpp"

namespace msunet::app {
namespace {

namespace fs = std::filesystem;

constexpr double step_seconds = 0.01;

record::SweepStart sweep_of(std::uint64_t trials, const std::string& strategy, int ranks) {
    record::SweepStart start;
    start.world.ranks = ranks;
    start.experiment_name = "dispatch";
    for (std::uint64_t id = 0; id < trials; ++id) start.trials.push_back(id);
    // A grid of two keys with at least as many permutations as trials.
    const auto rates = static_cast<std::uint64_t>(std::ceil(std::sqrt(trials)));
    for (std::uint64_t i = 0; i < rates; ++i) {
        start.grid["lr"].emplace_back(1e-3 / static_cast<double>(i + 1));
        start.grid["dropout"].emplace_back(static_cast<double>(i) / static_cast<double>(rates));
    }
    start.metric = "dice_coef";
    start.configuration = {{"strategy", strategy}};
    start.grid["epochs"] = {std::int64_t{strategy == "grid" ? 1 : 27}};
    start.owner = {"here", 1, ""};
    start.at = core::unix_now();
    return start;
}

sweep::Placement one_rank_per_trial(int ranks, std::uint64_t trials) {
    sweep::PlacementRequest request;
    sweep::Node node{"here", {}, {}, ranks};
    for (int rank = 0; rank < ranks; ++rank) {
        node.ranks.push_back(rank);
        node.visible.emplace_back();
    }
    request.nodes = {node};
    request.trials = trials;
    request.ranks_per_trial = {sweep::RanksPerTrial::Kind::number, 1};
    request.smallest_batch = 8;
    return sweep::place(request);
}

record::EpochReport report_of(record::TrialId trial, std::int64_t number, double seconds) {
    record::EpochReport epoch;
    epoch.epoch = number;
    epoch.metrics.dice_coef = 1.0 / (1.0 + static_cast<double>(trial));
    epoch.seconds = seconds;
    return epoch;
}

/// Waits for an epoch's `seconds` in steps that are reported like training steps.
record::EpochReport wait_epoch(record::TrialId trial, std::int64_t number,
                               record::TrialControl& control, double seconds) {
    const auto began = std::chrono::steady_clock::now();
    for (double passed = 0; passed < seconds;) {
        passed = std::min(seconds, passed + step_seconds);
        std::this_thread::sleep_until(began + std::chrono::duration<double>(passed));
        control.after_step({trial, number, 0, 1, passed});
    }
    const auto epoch = report_of(trial, number, seconds);
    control.after_epoch(trial, epoch);
    return epoch;
}

/// The epochs that are in the checkpoint, whose name is their number.
std::vector<record::EpochReport> epochs_before(const record::Assignment& assignment,
                                               double seconds) {
    std::vector<record::EpochReport> epochs;
    const auto trained = core::to_integer(assignment.checkpoint).value_or(0);
    while (std::ssize(epochs) < trained) {
        epochs.push_back(report_of(assignment.trial, std::ssize(epochs), seconds));
    }
    return epochs;
}

/// A trial that waits.
record::Trained wait(const record::Assignment& assignment, record::TrialControl& control,
                     double seconds) {
    record::TrialResult result;
    result.trial = assignment.trial;
    result.permutation = assignment.ends.front().permutation;
    result.started_at = core::unix_now();
    result.history = epochs_before(assignment, seconds);
    const auto epochs = sweep::planned_epochs(result.permutation, 1);
    const auto until = assignment.until_epoch.value_or(epochs);
    while (std::ssize(result.history) < until) {
        result.history.push_back(
            wait_epoch(assignment.trial, std::ssize(result.history), control, seconds));
    }
    result.ended_at = core::unix_now();
    result.duration = result.ended_at - result.started_at;
    if (until >= epochs) {
        control.end_reached(result);
        return {};
    }
    result.state = record::TrialState::paused;
    control.checkpoint_written({assignment.trial, std::to_string(until), until, 0});
    return {result, true};
}

double cpu_seconds() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double peak_megabytes() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) / 1024;
}

struct Figures {
    std::uint64_t trials = 0;
    double seconds = 0;
    double wall = 0;
    double ideal = 0;
    double cpu = 0;
    double out_of_work = 0;  ///< seconds at the end in which a rank had no trial left, on average
};

void print(const Figures& figures, int ranks, const fs::path& folder) {
    const auto journal = static_cast<double>(fs::file_size(folder / record::journal_name));
    const auto against =
        figures.ideal > 0
            ? core::concat("ideal ", core::fixed(figures.ideal, 2), " s, ",
                           core::fixed(100 * (figures.wall / figures.ideal - 1), 1), " % above it")
            : core::concat(core::thousands(static_cast<std::int64_t>(
                               static_cast<double>(figures.trials) / figures.wall)),
                           " trials per second");
    std::cerr << core::concat(
        figures.trials, " trials of ", core::fixed(figures.seconds, 2), " s on ", ranks,
        " ranks: ", core::fixed(figures.wall, 2), " s, ", against, "; out of work at the end ",
        core::fixed(figures.out_of_work, 2), " s on average; rank 0: ", core::fixed(figures.cpu, 2),
        " s of CPU, ", core::fixed(peak_megabytes(), 0), " MB; journal ",
        core::fixed(journal / 1e6, 1), " MB\n");
}

std::int64_t epochs_in(const record::SweepRecord& record) {
    std::int64_t epochs = 0;
    for (const auto* result : record.results()) epochs += std::ssize(result->history);
    return epochs;
}

/// From the end of its last trial to the end of all, on average over the ranks.
double seconds_out_of_work(const record::SweepRecord& record, int ranks) {
    std::map<std::int64_t, double> ends;
    double last = 0;
    for (const auto& span : record.timeline) {
        ends[span.rank] = std::max(ends[span.rank], span.to);
        last = std::max(last, span.to);
    }
    double seconds = 0;
    for (const auto& [rank, end] : ends) seconds += last - end;
    return seconds / ranks;
}

int benchmark(std::uint64_t trials, double seconds, const fs::path& folder, double factor,
              const std::string& strategy) {
    const auto world = comm::Communicator::world();
    core::log::set_rank(world.rank());
    std::optional<record::Journal> journal;
    if (world.is_root()) {
        core::make_directories(folder);
        journal.emplace(record::Journal::create(folder / record::journal_name,
                                                sweep_of(trials, strategy, world.size())));
    }
    const auto placement = one_rank_per_trial(world.size(), trials);
    const auto run = [seconds](const record::Assignment& assignment,
                               record::TrialControl& control) {
        return wait(assignment, control, seconds);
    };
    std::optional<DispatcherSetup> setup;
    if (journal) {
        setup.emplace(
            DispatcherSetup{*journal, {}, [](const core::Permutation&) { return 1.0; }, false});
    }
    world.barrier();
    const double cpu_before = cpu_seconds();
    const double began = core::steady_seconds();
    const auto ending = run_sweep(settings::TrainSettings{}, folder, placement, run,
                                  setup ? &*setup : nullptr, world);
    Figures figures{trials, seconds};
    figures.wall = core::steady_seconds() - began;
    figures.cpu = cpu_seconds() - cpu_before;
    if (ending) {
        const auto replay = record::replay(folder / record::journal_name);
        figures.ideal = static_cast<double>(epochs_in(replay.record)) * seconds / world.size();
        figures.out_of_work = seconds_out_of_work(replay.record, world.size());
        print(figures, world.size(), folder);
    }
    const bool late = factor > 0 && figures.wall > factor * figures.ideal;
    return world.broadcast(late) ? 1 : 0;
}

}  // namespace
}  // namespace msunet::app

int main(int argc, char** argv) {
    const std::span<char*> words(argv, static_cast<std::size_t>(argc));
    if (words.size() < 4) {
        std::cerr << "usage: dispatch_benchmark TRIALS SECONDS FOLDER [FACTOR [STRATEGY]]\n";
        return 2;
    }
    const msunet::comm::Environment environment(argc, argv);
    return msunet::app::benchmark(std::stoull(words[1]), std::stod(words[2]), words[3],
                                  words.size() > 4 ? std::stod(words[4]) : 0,
                                  words.size() > 5 ? words[5] : "grid");
}

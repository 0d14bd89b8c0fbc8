// SPDX-License-Identifier: Apache-2.0
/// \file
/// The scaling suite's ranks: what all of its benchmarks share.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "msunet/bench/plan.hpp"
#include "msunet/bench/results.hpp"
#include "msunet/comm/node_topology.hpp"
#include "msunet/core/failure.hpp"
#include "msunet/device/compute.hpp"
#include "msunet/settings/bench_settings.hpp"
#include "msunet/sweep/placement.hpp"
#include "msunet/train/profile.hpp"

namespace msunet::measure {

/// What one repeat has measured on some ranks. Sent as its bytes.
struct Timed {
    double seconds = 0;
    double amount = 0;  ///< of all ranks together
    bool profiled = false;
    train::SectionSeconds sections{};  ///< if profiled: of a step, means of the ranks
};

/// As `Timed`, or why it failed; alike on all ranks that took part.
struct TimedOutcome {
    Timed timed;
    std::optional<core::Failure> failure;
};

/// The suite while it runs.
struct BenchSuite {
    const settings::BenchSettings& settings;
    const comm::NodeTopology& topology;
    device::Compute& compute;
    sweep::Placement single;               ///< each rank that trains is a group of its own
    std::vector<bench::RankSet> all;       ///< sets of ranks
    std::vector<bench::RankSet> training;  ///< sets of ranks that train
    bench::Results results;

    [[nodiscard]] const comm::Communicator& world() const { return topology.all(); }
};

/// Collective over `ranks`: throws, alike on all of them, core::Error where a signal has asked one
/// of them to stop.
void check_stop(const comm::Communicator& ranks);

/// A stop by a signal. A benchmark can't be resumed, so it is a failure.
[[nodiscard]] core::Error stopped_error();

/// Collective over `world`: the ranks of `set` run `part`, collective over a communicator of their
/// own in the order of the set; the others sleep meanwhile. All ranks of the world get what the
/// first of them returns, or throw core::Error where it failed or a signal asked for a stop. What
/// `part` throws ends the job: see outcome_of.
Timed on_ranks(const comm::Communicator& world, const bench::RankSet& set,
               const std::function<TimedOutcome(const comm::Communicator& ranks)>& part);

/// What `part` returns, or the core::Error that it throws alike on all ranks that run it.
TimedOutcome outcome_of(const std::function<Timed()>& part);

/// Collective over `ranks`: what they did together, each in its own time and none waiting for
/// another: amounts are added, and so are rates.
Timed together(const comm::Communicator& ranks, double amount, double seconds);

/// The ranks that time nothing, because other ranks have the GPUs that they see; empty if none. The
/// placement's own notices are about trials and name options that the benchmark does not have.
std::string idle_ranks_text(const sweep::Placement& placement);

/// Collective over the world: measures each set in turn, as often as --repeats says, so that other
/// load on the machine affects all sets alike. After each repeat it prints a line and writes the
/// files.
void repeat_over(BenchSuite& suite, std::string_view benchmark,
                 const std::vector<bench::RankSet>& sets,
                 const std::function<void(const bench::RankSet& set, int repeat)>& measure);

/// What a measurement is of; see bench/names.hpp.
struct Measured {
    std::string_view benchmark;
    std::string_view variant;
    std::string_view unit;
};

/// Adds a measurement to the results of every rank and shows the progress.
void add_measurement(BenchSuite& suite, const Measured& what, const bench::RankSet& set, int repeat,
                     const Timed& timed);

/// Collective over the world: rank 0 writes the files of --output as far as the suite is.
void write_bench_files(BenchSuite& suite);

/// The benchmarks, each collective over the world. They add their measurements to the results and
/// throw alike on all ranks.
void bench_limits(BenchSuite& suite);
void bench_group(BenchSuite& suite);
void bench_sweep(BenchSuite& suite);
void bench_prepare(BenchSuite& suite);
void bench_io(BenchSuite& suite);

}  // namespace msunet::measure

// SPDX-License-Identifier: Apache-2.0
/// \file
/// The scaling suite's ranks: what all of its benchmarks share.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "../bench_settings.hpp"
#include "compute.hpp"
#include "msunet/bench/plan.hpp"
#include "msunet/bench/results.hpp"
#include "msunet/comm/node_topology.hpp"
#include "msunet/sweep/placement.hpp"
#include "msunet/train/profile.hpp"

namespace msunet::app {

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
    std::string failure;
};

/// The suite while it runs.
struct BenchSuite {
    const BenchSettings& settings;
    const comm::NodeTopology& topology;
    Compute& compute;
    sweep::Placement single;             ///< each rank that trains is a group of its own
    std::vector<bench::Count> all;       ///< counts of ranks
    std::vector<bench::Count> training;  ///< counts of ranks that train
    bench::Results results;

    [[nodiscard]] const comm::Communicator& world() const { return topology.all(); }
};

/// Collective over `world`: the ranks of `count` run `part`, collective over a communicator of
/// their own in the order of the count; the others sleep meanwhile. All ranks of the world get what
/// the first of them returns, or throw core::Error where it failed. An exception of `part` ends the
/// job.
Timed on_ranks(const comm::Communicator& world, const bench::Count& count,
               const std::function<TimedOutcome(const comm::Communicator& ranks)>& part);

/// Collective over `ranks`: what they did together, each in its own time and none waiting for
/// another: amounts are added, and so are rates.
Timed together(const comm::Communicator& ranks, double amount, double seconds);

/// The ranks that time nothing, because other ranks have the GPUs that they see; empty if none. The
/// placement's own notices are about trials and name options that the benchmark does not have.
std::string idle_ranks_text(const sweep::Placement& placement);

/// Adds a measurement to the results of every rank and shows the progress.
void add_measurement(BenchSuite& suite, const std::string& benchmark, const std::string& variant,
                     const std::string& unit, const bench::Count& count, std::int64_t repeat,
                     const Timed& timed);

/// A folder for temporary files, which all ranks see; rank 0 deletes it at the end.
class Scratch {
public:
    /// Collective over the world. Throws alike on all ranks core::UsageError where a rank does not
    /// see the folder.
    Scratch(const BenchOptions& options, const comm::NodeTopology& topology);
    ~Scratch();
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;

    [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

private:
    bool is_root_;
    std::filesystem::path folder_;
};

/// The benchmarks, each collective over the world. They add their measurements to the results and
/// throw alike on all ranks.
void bench_limits(BenchSuite& suite);
void bench_group(BenchSuite& suite);
void bench_sweep(BenchSuite& suite);
void bench_prepare(BenchSuite& suite);
void bench_io(BenchSuite& suite);

}  // namespace msunet::app

// SPDX-License-Identifier: Apache-2.0
#include "simulated_sweep.hpp"

#include <cmath>
#include <limits>

#include "job.hpp"
#include "msunet/core/random.hpp"

namespace msunet::simulation {

namespace {

constexpr double never = std::numeric_limits<double>::infinity();

/// Seconds to the next failure of any group's node.
double next_failure(core::RandomStream& random, const Cluster& cluster) {
    if (cluster.group_mtbf <= 0) return never;
    const double mean = cluster.group_mtbf / static_cast<double>(cluster.groups);
    return -std::log1p(-random.uniform()) * mean;
}

}  // namespace

Outcome simulate(const record::SweepStart& start, const Workload& workload,
                 const Cluster& cluster) {
    core::RandomStream random(
        core::derive_seed(cluster.seed, {core::seed_label("simulated failures")}));
    record::SweepRecord record;
    record::update(record, start);
    SavedEpochs saved_epochs;
    Outcome outcome;
    double now = 0;
    for (bool over = false; !over; ++outcome.starts) {
        const double ended = now;
        if (outcome.starts > 0) {
            now += cluster.requeue_seconds;
            record::update(record, record::Resumed{{}, {}, now});
        }
        const double dies_at = now + next_failure(random, cluster);
        now = std::min(now + cluster.start_seconds, dies_at);
        outcome.start_seconds += now - ended;
        if (dies_at <= now) continue;
        Job job(workload, cluster, record, saved_epochs, outcome, now, dies_at);
        over = job.run();
        now = job.now();
    }
    outcome.seconds = now;
    return outcome;
}

}  // namespace msunet::simulation

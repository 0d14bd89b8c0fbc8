// SPDX-License-Identifier: Apache-2.0
/// \file
/// Where the program runs: nodes, cores, devices, batch job.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "msunet/comm/node_topology.hpp"
#include "msunet/core/gpu.hpp"
#include "msunet/record/sweep_record.hpp"
#include "msunet/sweep/placement.hpp"

namespace msunet::job {

/// Lets this rank run on all cores of its job. mpirun binds ranks to single cores by default, which
/// would leave one core to all threads of a rank. Returns whether this changed anything.
bool undo_launcher_binding();

/// Collective over the topology's ranks: the world as placement sees it. `visible`: GPUs that this
/// rank sees, in its own numbering.
std::vector<sweep::Node> describe_nodes(const comm::NodeTopology& topology,
                                        const std::vector<core::Gpu>& visible);

/// This process as the journal names its owner: host, pid, Slurm job.
record::Owner this_owner();

/// When the batch job ends, unix seconds: SLURM_JOB_END_TIME, else from squeue (within 2 s);
/// nothing outside Slurm or if unknown.
std::optional<double> job_end();

/// Whether processes of a job may run, as squeue says (within 5 s); nothing where it can't be
/// asked.
std::optional<bool> slurm_job_runs(const std::string& job);

/// "mpirun", "srun" or "none", as the environment shows it.
std::string launcher();

}  // namespace msunet::job

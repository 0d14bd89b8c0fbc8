// SPDX-License-Identifier: Apache-2.0
#include "msunet/job/world.hpp"

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <set>

#include "msunet/codec/json.hpp"
#include "msunet/core/text.hpp"
#include "msunet/core/time.hpp"

namespace msunet::core {

template <class Archive, codec::Is<Gpu> T>
void fields(Archive& archive, T& value) {
    archive("uuid", value.uuid);
    archive("name", value.name);
}

}  // namespace msunet::core

namespace msunet::job {

namespace {

std::string environment(const char* name) {
    const char* text = std::getenv(name);
    return text == nullptr ? std::string() : std::string(text);
}

std::vector<std::int64_t> allowed_cores() {
    cpu_set_t set;
    CPU_ZERO(&set);
    std::vector<std::int64_t> cores;
    if (sched_getaffinity(0, sizeof set, &set) != 0) return {0};
    for (int core = 0; core < CPU_SETSIZE; ++core) {
        if (CPU_ISSET(core, &set)) cores.push_back(core);
    }
    return cores;
}

/// What a command has printed, and whether it ended with 0.
struct CommandOutput {
    std::string text;  ///< without the line end
    bool succeeded = false;
};

/// Runs a command, which must end by itself.
CommandOutput output_of(const std::string& command) {
    std::FILE* pipe = popen(command.c_str(), "r");
    if (pipe == nullptr) return {};
    std::array<char, 256> buffer{};
    std::string text;
    while (std::fgets(buffer.data(), static_cast<int>(buffer.size()), pipe) != nullptr) {
        text += buffer.data();
    }
    const bool succeeded = pclose(pipe) == 0;
    return {std::string(core::trim(text)), succeeded};
}

/// CPUs of this node that Slurm gave the step; not every site binds ranks to them.
std::int64_t step_cores() {
    const auto cores =
        launcher() == "srun" ? core::to_integer(environment("SLURM_CPUS_ON_NODE")) : std::nullopt;
    return cores && *cores > 0 ? *cores : std::numeric_limits<std::int64_t>::max();
}

bool is_number(const std::string& text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
}

}  // namespace

bool undo_launcher_binding() {
    cpu_set_t cores;
    if (!environment("OMPI_MCA_orte_bound_at_launch").empty()) {
        // The kernel restricts this to what the job's control group allows.
        std::memset(&cores, 0xff, sizeof cores);
    } else if (environment("PRTE_LAUNCHED").empty() ||
               sched_getaffinity(getppid(), sizeof cores, &cores) != 0) {
        return false;
    }
    // Open MPI 5 does not say whether it binds; its daemon, this process's parent, is not bound.
    const auto before = allowed_cores().size();
    return sched_setaffinity(0, sizeof cores, &cores) == 0 && allowed_cores().size() > before;
}

std::vector<sweep::Node> describe_nodes(const comm::NodeTopology& topology,
                                        const std::vector<core::Gpu>& visible) {
    const auto& node = topology.node();
    const auto cores_of_ranks = node.all_gather(allowed_cores());
    const std::set<std::int64_t> cores(cores_of_ranks.begin(), cores_of_ranks.end());
    const auto& all = topology.all();
    const auto cores_by_rank =
        all.all_gather(std::min(static_cast<std::int64_t>(cores.size()), step_cores()));
    const auto visible_by_rank = all.all_gather(codec::to_json(visible));
    std::vector<sweep::Node> nodes(static_cast<std::size_t>(topology.node_count()));
    for (int rank = 0; rank < all.size(); ++rank) {
        const auto at = static_cast<std::size_t>(rank);
        const auto index = static_cast<std::size_t>(topology.node_of_rank()[at]);
        auto& entry = nodes[index];
        entry.name = topology.hosts()[index];
        entry.ranks.push_back(rank);
        entry.cores = cores_by_rank[at];
        entry.visible.push_back(codec::from_json<std::vector<core::Gpu>>(visible_by_rank[at]));
    }
    return nodes;
}

record::Owner this_owner() {
    std::array<char, 256> host{};
    gethostname(host.data(), host.size() - 1);
    return {host.data(), getpid(), environment("SLURM_JOB_ID")};
}

std::optional<double> job_end() {
    if (const auto end = core::to_double(environment("SLURM_JOB_END_TIME"))) return end;
    const auto job = environment("SLURM_JOB_ID");
    if (!is_number(job)) return std::nullopt;
    const auto output =
        output_of(core::concat("timeout 2 squeue -h -j ", job, " -o %e 2>/dev/null"));
    return output.succeeded ? core::parse_date(output.text) : std::nullopt;
}

std::optional<bool> slurm_job_runs(const std::string& job) {
    if (!is_number(job)) return std::nullopt;
    const auto output = output_of(core::concat("timeout 5 squeue -h -j ", job, " -o %T 2>&1"));
    // Slurm forgets a job some minutes after its end.
    if (output.text.find("Invalid job id") != std::string::npos) return false;
    if (!output.succeeded) return std::nullopt;
    // A job that waits was requeued: its processes are gone.
    return !output.text.empty() && output.text != "PENDING";
}

std::string launcher() {
    if (!environment("OMPI_COMM_WORLD_SIZE").empty()) {
        const bool by_mpirun = !environment("OMPI_MCA_ess_base_jobid").empty() ||
                               !environment("PRTE_LAUNCHED").empty();
        return by_mpirun || environment("SLURM_STEP_ID").empty() ? "mpirun" : "srun";
    }
    return environment("SLURM_STEP_ID").empty() ? "none" : "srun";
}

}  // namespace msunet::job

// SPDX-License-Identifier: Apache-2.0
#include "in_world.hpp"

#include <cstdlib>
#include <vector>

#include "msunet/comm/environment.hpp"
#include "msunet/core/fault.hpp"
#include "msunet/core/log.hpp"
#include "msunet/core/signals.hpp"
#include "msunet/core/text.hpp"
#include "msunet/h5/library.hpp"

namespace msunet::app {

using core::concat;

namespace {

int environment_number(const char* name) {
    const char* text = std::getenv(name);
    return text == nullptr ? 0 : static_cast<int>(core::to_integer(text).value_or(0));
}

/// Under srun without a PMI, Open MPI would end the process with a message about its own build.
void refuse_srun_without_pmi() {
    const auto is_set = [](const char* name) { return std::getenv(name) != nullptr; };
    if (!is_set("SLURM_STEP_ID") || is_set("PMIX_RANK") || is_set("PMI_RANK") ||
        is_set("OMPI_COMM_WORLD_SIZE")) {
        return;
    }
    core::log::set_rank(environment_number("SLURM_PROCID"));
    throw core::UsageError(
        "srun started msunet without PMIx (MPI can't start so), use 'srun --mpi=pmix' (see 'srun "
        "--mpi=list') or mpirun");
}

/// srun without a PMI that Open MPI knows makes every task a world of its own: all of them would
/// train the same sweep in the same folder.
void refuse_lonely_tasks(const comm::Communicator& world) {
    const int tasks = environment_number("SLURM_NTASKS");
    if (world.size() > 1 || tasks <= 1 || std::getenv("OMPI_COMM_WORLD_SIZE") != nullptr) return;
    throw core::UsageError(
        concat("Slurm started ", tasks,
               " tasks but MPI sees one rank (srun and Open MPI don't know each other), use "
               "'srun --mpi=pmix' (see 'srun --mpi=list') or mpirun; for a single rank ask for "
               "--ntasks=1"));
}

/// Collective over `world`: the worst code of any rank.
core::ExitCode agree(const comm::Communicator& world, core::ExitCode code) {
    const auto worst = world.all_reduce(static_cast<std::int64_t>(code), comm::Operation::max);
    world.barrier();
    return static_cast<core::ExitCode>(worst);
}

}  // namespace

core::ExitCode in_world(std::span<const std::string> arguments,
                        const std::function<core::ExitCode(const comm::Communicator&)>& work) {
    refuse_srun_without_pmi();
    std::vector<std::string> copy(arguments.begin(), arguments.end());
    std::vector<char*> argv;
    std::string program = "msunet";
    argv.push_back(program.data());
    for (auto& argument : copy) argv.push_back(argument.data());
    int argc = static_cast<int>(argv.size());
    // Open MPI reads up to a null pointer, with which main's own argv ends too.
    argv.push_back(nullptr);
    char** pointers = argv.data();
    // Before MPI starts, which takes seconds on many nodes: a signal must not be lost meanwhile.
    core::install_signal_handlers();
    const comm::Environment environment(argc, pointers);
    // Here and not when a checkpoint is first written: that happens on another thread, and parallel
    // HDF5 calls MPI when it opens.
    h5::open_library();
    const auto world = comm::Communicator::world();
    core::log::set_rank(world.rank());
    core::arm_faults(world.rank());
    try {
        refuse_lonely_tasks(world);
        return agree(world, work(world));
    } catch (const core::Error& error) {
        // It is thrown alike on all ranks; only rank 0 prints.
        for (const auto& problem : error.problems()) core::log::error(problem);
        return agree(world, error.code());
    }
}

}  // namespace msunet::app

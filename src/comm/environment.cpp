// SPDX-License-Identifier: Apache-2.0
#include "msunet/comm/environment.hpp"

#include <mpi.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <exception>
#include <string_view>

#include "comm/handle.hpp"
#include "comm/window_directory.hpp"
#include "msunet/core/error.hpp"

namespace msunet::comm {
namespace {

/// Whether a launcher started this process, perhaps with others.
bool is_launched() {
    // An interactive shell of salloc is a step, too, of one task.
    const char* const tasks = std::getenv("SLURM_STEP_NUM_TASKS");
    if (tasks != nullptr && std::string_view(tasks) != "1") return true;
    return std::ranges::any_of(std::array{"OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_RANK"},
                               [](const char* name) { return std::getenv(name) != nullptr; });
}

/// Parameters of Open MPI 4 for a process that runs alone.
void prepare_to_run_alone() {
    // Its daemon takes 0.2 s and is needed for MPI_Comm_spawn only.
    setenv("OMPI_MCA_ess_singleton_isolated", "1", 0);
    // All such processes of a user have one folder, which one that ends removes while another
    // begins. All that a process alone would keep there are file pointers that ranks share (the
    // component "sm"), which HDF5 does not use.
    if (is_launched()) return;
    setenv("OMPI_MCA_orte_create_session_dirs", "0", 0);
    setenv("OMPI_MCA_sharedfp", "^sm", 0);
}

}  // namespace

Environment::Environment(int& argc, char**& argv) : exceptions_(std::uncaught_exceptions()) {
    choose_window_directory();
    prepare_to_run_alone();
    int provided = MPI_THREAD_SINGLE;
    check(MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, &provided), "MPI_Init_thread");
    check(MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN), "MPI_Comm_set_errhandler");
    check(MPI_Comm_set_errhandler(MPI_COMM_SELF, MPI_ERRORS_RETURN), "MPI_Comm_set_errhandler");
    if (provided < MPI_THREAD_FUNNELED) {
        throw core::Error(
            core::ExitCode::failure,
            "MPI offers no thread support (MPI_THREAD_FUNNELED is needed), use an MPI "
            "library that was built with it");
    }
}

Environment::~Environment() {
    if (std::uncaught_exceptions() == exceptions_ && active()) {
        MPI_Finalize();
    }
}

bool Environment::active() {
    int initialised = 0;
    int finalised = 0;
    MPI_Initialized(&initialised);
    MPI_Finalized(&finalised);
    return initialised != 0 && finalised == 0;
}

void Environment::abort(int exit_code) {
    if (active()) {
        MPI_Abort(MPI_COMM_WORLD, exit_code);
    }
    std::_Exit(exit_code);
}

}  // namespace msunet::comm

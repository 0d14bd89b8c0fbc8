// SPDX-License-Identifier: Apache-2.0
#include "msunet/comm/environment.hpp"

#include <mpi.h>

#include <cstdlib>
#include <exception>

#include "comm/handle.hpp"
#include "comm/window_directory.hpp"
#include "msunet/core/error.hpp"

namespace msunet::comm {

Environment::Environment(int& argc, char**& argv) : exceptions_(std::uncaught_exceptions()) {
    choose_window_directory();
    // A process started without mpirun would start Open MPI's daemon, which takes 0.2 s and is
    // needed for MPI_Comm_spawn only.
    setenv("OMPI_MCA_ess_singleton_isolated", "1", 0);
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

// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace msunet::comm {

/// Initialises MPI (`MPI_THREAD_FUNNELED`) and finalises it. One object, in `main`, which outlives
/// every communicator. Works with and without mpirun.
///
/// Errors of MPI become exceptions (`MPI_ERRORS_RETURN`). While an exception unwinds the stack, MPI
/// is not finalised: that would wait for other ranks, which may be waiting in a collective.
class Environment {
public:
    /// Moves shared windows away from a small /dev/shm first. Throws `core::Error` if MPI can't be
    /// initialised or offers less than FUNNELED.
    Environment(int& argc, char**& argv);
    ~Environment();
    Environment(const Environment&) = delete;
    Environment& operator=(const Environment&) = delete;

    /// Whether MPI is up: initialised and not yet finalised.
    [[nodiscard]] static bool active();

    /// Ends the whole job at once (`MPI_Abort`), without unwinding. For a rank that can't continue.
    [[noreturn]] static void abort(int exit_code);

private:
    int exceptions_ = 0;
};

}  // namespace msunet::comm

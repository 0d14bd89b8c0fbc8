// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>

namespace msunet::comm {

/// Initialises MPI (`MPI_THREAD_FUNNELED`) and finalises it; one object, in `main`, before every
/// communicator and outliving them. Works with and without mpirun.
///
/// Errors of MPI become exceptions (`MPI_ERRORS_RETURN`). While an exception unwinds the stack MPI
/// is not finalised: other ranks may be waiting in a collective, and finalising would wait for
/// them.
class Environment {
public:
    /// Shared windows are moved off a small /dev/shm first (see `choose_window_directory`).
    /// Throws `core::Error` if MPI can't be initialised or offers less than FUNNELED.
    Environment(int& argc, char**& argv);
    ~Environment();
    Environment(const Environment&) = delete;
    Environment& operator=(const Environment&) = delete;

    /// Whether MPI is up: initialised and not yet finalised.
    [[nodiscard]] static bool active();

    /// Ends the whole job at once (`MPI_Abort`), without unwinding. For a rank that can't go on.
    [[noreturn]] static void abort(int exit_code);

private:
    int exceptions_ = 0;
};

/// Directory in which Open MPI backs shared windows: the MCA parameter `osc_sm_backing_directory`
/// if set, else /dev/shm if it exists, else the folder for temporary files.
[[nodiscard]] std::filesystem::path window_directory();

/// Free space there in bytes, for users without privileges.
[[nodiscard]] std::uint64_t window_space();

/// If /dev/shm holds less than 1 GiB in all (64 MiB in many containers) and the folder for
/// temporary files has more room, sets `OMPI_MCA_osc_sm_backing_directory` to that folder. Leaves a
/// value set by the user alone. Works before `MPI_Init` only; `Environment` calls it.
void choose_window_directory();

}  // namespace msunet::comm

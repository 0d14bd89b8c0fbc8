// SPDX-License-Identifier: Apache-2.0
#include "msunet/comm/sleeping_barrier.hpp"

#include <chrono>
#include <thread>

#include "comm/handle.hpp"

namespace msunet::comm {

void sleeping_barrier(const Communicator& ranks) {
    if (ranks.is_without_mpi()) return;
    MPI_Request request = MPI_REQUEST_NULL;
    check(MPI_Ibarrier(native(ranks), &request), "MPI_Ibarrier");
    for (int done = 0;;) {
        check(MPI_Test(&request, &done, MPI_STATUS_IGNORE), "MPI_Test");
        if (done != 0) return;
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
}

}  // namespace msunet::comm

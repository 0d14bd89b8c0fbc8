// SPDX-License-Identifier: Apache-2.0
// The outcome on the last rank must reach CTest; run with filters by the CMakeLists.txt here.
#include <gtest/gtest.h>
#include <mpi.h>

namespace {

bool is_last_rank() {
    int rank = 0;
    int size = 0;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    return rank == size - 1;
}

TEST(LastRank, Fails) { EXPECT_FALSE(is_last_rank()) << "on purpose"; }

TEST(LastRank, AloneSkips) {
    if (is_last_rank()) GTEST_SKIP() << "on purpose";
}

TEST(EveryRank, Skips) { GTEST_SKIP() << "on purpose"; }

}  // namespace

// SPDX-License-Identifier: Apache-2.0
// Main of the tests under MPI: rank 0 prints as usual, other ranks print only their failures, and
// all ranks end with the worst exit code of all.
#include <gtest/gtest.h>
#include <mpi.h>

#include <array>
#include <iostream>
#include <sstream>
#include <string>

#include "outcome.hpp"

namespace {

using msunet::test::Outcome;

/// Prints the failures of a rank whose usual printer is disabled.
class FailurePrinter : public testing::EmptyTestEventListener {
public:
    explicit FailurePrinter(int rank) : rank_(rank) {}

    void OnTestStart(const testing::TestInfo& test) override {
        test_ = std::string(test.test_suite_name()) + '.' + test.name();
    }

    // GoogleTest holds its lock here: a query for the current test would deadlock.
    void OnTestPartResult(const testing::TestPartResult& result) override {
        if (!result.failed()) return;
        std::ostringstream text;
        text << "[rank " << rank_ << "] " << test_ << ": "
             << (result.file_name() != nullptr ? result.file_name() : "?") << ':'
             << result.line_number() << '\n'
             << result.message() << '\n';
        // In one write, so that the messages of the ranks do not interleave.
        std::cerr << text.str() << std::flush;
    }

private:
    int rank_;
    std::string test_ = "outside of tests";
};

/// Collective over MPI_COMM_WORLD. A test counts as skipped only if every rank skipped it.
Outcome worst_of_all_ranks(const Outcome& own) {
    const std::array<int, 3> mine{-own.ran, -own.skipped, own.failed};
    std::array<int, 3> all{};
    MPI_Allreduce(mine.data(), all.data(), 3, MPI_INT, MPI_MAX, MPI_COMM_WORLD);
    return {.ran = -all[0], .skipped = -all[1], .failed = all[2]};
}

}  // namespace

int main(int argc, char** argv) {
    testing::InitGoogleTest(&argc, argv);
    if (testing::GTEST_FLAG(list_tests)) return RUN_ALL_TESTS();

    int provided = 0;
    MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, &provided);
    int rank = 0;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    if (rank != 0) {
        auto& listeners = testing::UnitTest::GetInstance()->listeners();
        delete listeners.Release(listeners.default_result_printer());
        listeners.Append(new FailurePrinter(rank));
    }
    const bool failed = RUN_ALL_TESTS() != 0;
    auto outcome = msunet::test::outcome_of_run();
    if (failed && outcome.failed == 0) outcome.failed = 1;
    outcome = worst_of_all_ranks(outcome);
    if (rank == 0 && outcome.ran == 0) {
        std::cerr << "No test ran: that counts as a failure." << std::endl;
    }
    MPI_Finalize();
    return msunet::test::exit_code(outcome);
}

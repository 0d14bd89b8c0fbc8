// SPDX-License-Identifier: Apache-2.0
#include "prepare/agreement.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "msunet/core/error.hpp"
#include "msunet/core/text.hpp"

namespace msunet::prepare {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;

class Agreement : public testing::Test {
protected:
    comm::Communicator world_ = comm::Communicator::world();
};

TEST_F(Agreement, FindingsComeInTheOrderOfTheirPlaces) {
    // Rank r found something at places r, r + size, ..., in the wrong order.
    std::vector<PlacedFindings> mine;
    for (int i = 4; i >= 0; --i) {
        const auto place = static_cast<std::size_t>(i * world_.size() + world_.rank());
        mine.push_back({place,
                        {{{.path = "a.nii", .problem = core::concat("has ", place, " voxels")}},
                         {core::concat("at ", place)}}});
    }
    const Findings all = gather_findings(world_, mine);
    std::vector<core::Problem> problems;
    std::vector<std::string> warnings;
    for (int place = 0; place < 5 * world_.size(); ++place) {
        problems.push_back({.path = "a.nii", .problem = core::concat("has ", place, " voxels")});
        warnings.push_back(core::concat("at ", place));
    }
    EXPECT_THAT(all.problems, ElementsAreArray(problems));
    EXPECT_THAT(all.warnings, ElementsAreArray(warnings));
}

TEST_F(Agreement, AFailureOnOneRankIsThrownOnAll) {
    const int last = world_.size() - 1;
    try {
        together(world_, [&] {
            if (world_.rank() == last)
                throw core::InputError(std::vector<core::Problem>{
                    {.path = "\xff.nii", .problem = "is damaged"}, {.problem = "worse file"}});
        });
        FAIL() << "no error";
    } catch (const core::InputError& error) {
        ASSERT_EQ(error.problems().size(), 2U);
        EXPECT_EQ(error.data()[0].path, "\xff.nii");
        EXPECT_EQ(error.problems()[1], "worse file");
    }
}

TEST_F(Agreement, FailuresOfOneKindAreJoinedAndSaidOnce) {
    try {
        together(world_, [&] {
            throw core::UsageError(
                std::vector<std::string>{"the same", core::concat("of rank ", world_.rank())});
        });
        FAIL() << "no error";
    } catch (const core::UsageError& error) {
        std::vector<std::string> expected{"the same"};
        for (int rank = 0; rank < world_.size(); ++rank) {
            expected.push_back(core::concat("of rank ", rank));
        }
        EXPECT_THAT(error.problems(), ElementsAreArray(expected));
    }
}

TEST_F(Agreement, OtherExceptionsBecomeFailures) {
    try {
        together(world_, [&] {
            if (world_.is_root()) throw std::runtime_error("broken");
        });
        FAIL() << "no error";
    } catch (const core::Error& error) {
        EXPECT_EQ(error.code(), core::ExitCode::failure);
        EXPECT_THAT(error.problems(), ElementsAre("broken"));
    }
}

TEST_F(Agreement, AFailureOfALibraryIsOneLine) {
    try {
        together(world_, [] { throw std::runtime_error("itkImage.hxx:33:\nbroken\nmore"); });
        FAIL() << "no error";
    } catch (const core::Error& error) {
        EXPECT_THAT(error.problems(), ElementsAre("itkImage.hxx:33: broken"));
    }
}

TEST_F(Agreement, SuccessIsSilent) {
    int done = 0;
    together(world_, [&] { ++done; });
    EXPECT_EQ(done, 1);
}

}  // namespace
}  // namespace msunet::prepare

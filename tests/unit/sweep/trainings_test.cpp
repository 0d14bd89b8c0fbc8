// SPDX-License-Identifier: Apache-2.0
#include "msunet/sweep/trainings.hpp"

#include <gtest/gtest.h>

namespace msunet::sweep {
namespace {

using Trainings = std::vector<std::vector<record::TrialId>>;

TEST(SharedTrainings, AreThoseOfEqualKeys) {
    const auto all = shared_trainings({1, 2, 5, 6, 9, 12}, [](record::TrialId trial) {
        return std::optional(std::to_string(trial % 4));
    });
    EXPECT_EQ(all, (Trainings{{1, 5, 9}, {2, 6}})) << "12 is alone";
}

TEST(SharedTrainings, LeaveOutWhatIsTrainedAlone) {
    const auto all = shared_trainings({0, 1, 2, 3}, [](record::TrialId trial) {
        return trial < 2 ? std::nullopt : std::optional<std::string>("same");
    });
    EXPECT_EQ(all, (Trainings{{2, 3}}));
}

}  // namespace
}  // namespace msunet::sweep

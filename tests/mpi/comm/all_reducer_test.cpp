// SPDX-License-Identifier: Apache-2.0
#include "msunet/comm/all_reducer.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace msunet::comm {
namespace {

TEST(AllReducer, SumsBothTypesInPlace) {
    const auto world = Communicator::world();
    MpiAllReducer reducer(world);
    const double expected = world.size() * (world.size() + 1) / 2.0;
    std::vector<float> floats(2000, static_cast<float>(world.rank() + 1));
    reducer.sum(floats.data(), floats.size(), DataType::float32, nullptr);
    EXPECT_EQ(floats, std::vector<float>(2000, static_cast<float>(expected)));
    std::vector<double> doubles(3, world.rank() + 1);
    reducer.sum(doubles.data(), doubles.size(), DataType::float64, nullptr);
    EXPECT_EQ(doubles, std::vector<double>(3, expected));
    reducer.raise(1);
    EXPECT_EQ(reducer.status(), 0) << "these sums carry no status";
}

TEST(AllReducer, AFailedRankInformsTheOthersInTheLastSumOfAStep) {
    const auto world = Communicator::world();
    for (int failing = 0; failing < world.size(); ++failing) {
        MpiAllReducer reducer(world);
        const auto last_sum = [&] {
            double value = 1;
            reducer.sum_with_status(&value, 1, DataType::float64, nullptr);
            EXPECT_EQ(value, world.size());
            return reducer.status();
        };
        EXPECT_EQ(last_sum(), 0);
        if (world.rank() == failing) {
            reducer.raise(2);
            reducer.raise(1);
        }
        EXPECT_EQ(last_sum(), 2);
        EXPECT_EQ(last_sum(), 2) << "it stays until it is cleared";
        reducer.clear();
        EXPECT_EQ(last_sum(), 0);
    }
}

}  // namespace
}  // namespace msunet::comm

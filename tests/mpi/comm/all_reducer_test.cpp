// SPDX-License-Identifier: Apache-2.0
#include "msunet/comm/all_reducer.hpp"

#include <gtest/gtest.h>

#include <array>
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
    std::array<double, 2> few{1, static_cast<double>(world.rank())};
    reducer.sum(few);
    EXPECT_EQ(few[0], world.size());
    EXPECT_EQ(few[1], expected - world.size());
    EXPECT_EQ(reducer.status(), 0);
}

TEST(AllReducer, AFailedRankInformsTheOthersInTheNextSum) {
    const auto world = Communicator::world();
    for (int failing = 0; failing < world.size(); ++failing) {
        MpiAllReducer reducer(world);
        std::array<double, 1> value{1};
        reducer.sum(value);
        EXPECT_EQ(reducer.status(), 0);
        if (world.rank() == failing) {
            reducer.raise(2);
            reducer.raise(1);
        }
        reducer.sum(value);
        EXPECT_EQ(reducer.status(), 2);
        reducer.sum(value);
        EXPECT_EQ(reducer.status(), 2) << "it stays until it is cleared";
        reducer.clear();
        reducer.sum(value);
        EXPECT_EQ(reducer.status(), 0);
    }
}

}  // namespace
}  // namespace msunet::comm

// SPDX-License-Identifier: Apache-2.0
/// \file
/// One rank without MPI behaves as a world of one rank.
#include <gtest/gtest.h>

#include <array>

#include "msunet/comm/all_reducer.hpp"
#include "msunet/comm/environment.hpp"
#include "msunet/comm/outbox.hpp"
#include "msunet/comm/shared_window.hpp"

namespace msunet::comm {
namespace {

TEST(Serial, WorldWithoutMpiIsOneRank) {
    EXPECT_FALSE(Environment::active());
    const auto world = Communicator::world();
    EXPECT_TRUE(world.is_without_mpi());
    EXPECT_EQ(world.rank(), 0);
    EXPECT_EQ(world.size(), 1);
    EXPECT_TRUE(world.is_root());
    EXPECT_EQ(world.split(3).size(), 1);
    EXPECT_EQ(world.split_shared().size(), 1);
    EXPECT_EQ(world.duplicate().size(), 1);
    world.barrier();
}

TEST(Serial, CollectivesReturnTheirArgument) {
    const auto one = Communicator::self_without_mpi();
    EXPECT_EQ(one.broadcast(7), 7);
    EXPECT_EQ(one.broadcast(std::string("text")), "text");
    EXPECT_EQ(one.broadcast(std::vector<double>{1, 2}), (std::vector<double>{1, 2}));
    EXPECT_EQ(one.gather(5), std::vector<int>{5});
    EXPECT_EQ(one.gather(std::string("a")), std::vector<std::string>{"a"});
    EXPECT_EQ(one.all_gather(std::string("")), std::vector<std::string>{""});
    EXPECT_EQ(one.all_gather(std::vector<int>{3, 4}), (std::vector<int>{3, 4}));
    EXPECT_EQ(one.all_reduce(2.5, Operation::sum), 2.5);
    EXPECT_TRUE(one.all_of(true));
    EXPECT_FALSE(one.any_of(false));
}

TEST(Serial, MessagesToItselfArriveInOrder) {
    const auto one = Communicator::self_without_mpi();
    Outbox outbox(one);
    outbox.post(0, 4, "first");
    one.send(0, 5, "second");
    outbox.post(0, 4, "third");
    EXPECT_EQ(outbox.progress(), 0U);
    EXPECT_EQ(one.try_receive({}, 5)->payload, "second");
    EXPECT_EQ(one.try_receive(0, 4)->payload, "first");
    const auto last = one.try_receive();
    ASSERT_TRUE(last);
    EXPECT_EQ(last->payload, "third");
    EXPECT_EQ(last->tag, 4);
    EXPECT_FALSE(one.try_receive());
}

TEST(Serial, WindowIsPlainZeroedMemory) {
    const NodeTopology topology(Communicator::self_without_mpi());
    EXPECT_EQ(topology.node_count(), 1);
    EXPECT_TRUE(topology.leaders());
    EXPECT_EQ(topology.hosts().size(), 1U);
    SharedWindow window(topology, 4096);
    EXPECT_EQ(window.bytes().size(), 4096U);
    EXPECT_EQ(window.bytes()[4095], std::byte{0});
    window.as<float>(16, 2)[1] = 2.5F;
    const SharedWindow moved = std::move(window);
    EXPECT_EQ(moved.as<float>(20, 1)[0], 2.5F);
    exchange_between_nodes(topology, moved, std::array{NodeRange{0, 0, 4096}});
    const SharedWindow empty(topology, 0);
    EXPECT_TRUE(empty.bytes().empty());
}

TEST(Serial, ReducerOfOneKeepsValuesAndStatus) {
    MpiAllReducer reducer(Communicator::self_without_mpi());
    std::array<float, 2> values{1, 2};
    reducer.raise(3);
    reducer.sum(values.data(), values.size(), DataType::float32, nullptr);
    EXPECT_EQ(values[1], 2.0F);
    EXPECT_EQ(reducer.status(), 0);
    reducer.sum_with_status(values.data(), values.size(), DataType::float32, nullptr);
    EXPECT_EQ(values[1], 2.0F);
    EXPECT_EQ(reducer.status(), 3);
    reducer.clear();
    EXPECT_EQ(reducer.status(), 0);
}

}  // namespace
}  // namespace msunet::comm

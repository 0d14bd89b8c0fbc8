// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <map>

#include "msunet/comm/outbox.hpp"

namespace msunet::comm {
namespace {

constexpr int tag = 3;

TEST(Messages, EveryRankPostsToEveryRankAndItself) {
    const auto world = Communicator::world();
    Outbox outbox(world);
    for (int to = 0; to < world.size(); ++to) {
        outbox.post(to, tag, std::to_string(world.rank() * 100 + to));
        outbox.post(to, tag, std::string(100000, 'x'));
    }
    std::map<int, std::vector<std::string>> received;
    for (int expected = 2 * world.size(); expected > 0;) {
        outbox.progress();
        if (auto message = world.try_receive({}, tag)) {
            received[message->source].push_back(message->payload);
            --expected;
        }
    }
    for (int from = 0; from < world.size(); ++from) {
        ASSERT_EQ(received[from].size(), 2U);
        EXPECT_EQ(received[from][0], std::to_string(from * 100 + world.rank()));
        EXPECT_EQ(received[from][1].size(), 100000U);
    }
    outbox.flush();
    EXPECT_EQ(outbox.progress(), 0U);
}

/// Waits for a message of this source and tag.
std::string receive(const Communicator& communicator, int source, int message_tag) {
    for (;;) {
        if (const auto message = communicator.try_receive(source, message_tag)) {
            return message->payload;
        }
    }
}

TEST(Messages, AreChosenBySourceAndTag) {
    const auto world = Communicator::world().duplicate();
    if (world.size() == 1) {
        GTEST_SKIP() << "needs two ranks";
    }
    if (world.rank() == 0) {
        for (int from = world.size() - 1; from > 0; --from) {
            EXPECT_EQ(receive(world, from, 8), "tag 8 of " + std::to_string(from));
            EXPECT_EQ(receive(world, from, 7), "");
        }
        EXPECT_FALSE(world.try_receive());
    } else {
        world.send(0, 7, "");
        world.send(0, 8, "tag 8 of " + std::to_string(world.rank()));
    }
}

}  // namespace
}  // namespace msunet::comm

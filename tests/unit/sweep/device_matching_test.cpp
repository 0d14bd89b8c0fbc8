// SPDX-License-Identifier: Apache-2.0
#include "msunet/sweep/device_matching.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace msunet::sweep {
namespace {

using testing::ElementsAre;
using Lists = std::vector<std::vector<std::string>>;
using Choice = std::vector<std::int64_t>;

Choice match(const Lists& visible, std::int64_t ranks_per_device = 1) {
    return match_devices(visible, ranks_per_device);
}

/// Ranks by device.
std::map<std::string, std::int64_t> loads(const Lists& visible, const Choice& choice) {
    std::map<std::string, std::int64_t> of_device;
    for (std::size_t rank = 0; rank < choice.size(); ++rank) {
        if (choice[rank] >= 0)
            ++of_device[visible[rank].at(static_cast<std::size_t>(choice[rank]))];
    }
    return of_device;
}

/// What a choice is worth, better ones are larger: devices in use, ranks that have one, evenness,
/// and the ranks themselves, low ones first.
struct Worth {
    std::int64_t used = 0, served = 0, minus_squares = 0;
    std::vector<bool> ranks;

    auto operator<=>(const Worth&) const = default;
};

Worth worth(const Lists& visible, const Choice& choice) {
    Worth result;
    for (const auto& [uuid, load] : loads(visible, choice)) {
        ++result.used;
        result.served += load;
        result.minus_squares -= load * load;
    }
    for (const auto number : choice) result.ranks.push_back(number >= 0);
    return result;
}

/// The best of all choices.
Worth best(const Lists& visible, std::int64_t ranks_per_device) {
    Choice choice(visible.size(), -1);
    Worth found = worth(visible, choice);
    for (;;) {
        std::size_t rank = 0;
        for (; rank < choice.size(); ++rank) {
            if (++choice[rank] < static_cast<std::int64_t>(visible[rank].size())) break;
            choice[rank] = -1;
        }
        if (rank == choice.size()) return found;
        const auto of_device = loads(visible, choice);
        if (std::ranges::all_of(
                of_device, [&](const auto& entry) { return entry.second <= ranks_per_device; })) {
            found = std::max(found, worth(visible, choice));
        }
    }
}

std::string text(const Lists& visible, std::int64_t ranks_per_device) {
    std::string result = std::to_string(ranks_per_device) + " a device:";
    for (const auto& list : visible) {
        result += " [";
        for (const auto& uuid : list) result += uuid + ' ';
        result += ']';
    }
    return result;
}

class MatchDevices : public testing::Test {
protected:
    std::int64_t draw(std::int64_t low, std::int64_t high) {
        return std::uniform_int_distribution<std::int64_t>(low, high)(random_);
    }

    /// Some of a node's devices, in any order, as CUDA_VISIBLE_DEVICES can give them.
    std::vector<std::string> some_of(std::vector<std::string> devices) {
        std::shuffle(devices.begin(), devices.end(), random_);
        devices.resize(static_cast<std::size_t>(draw(0, std::ssize(devices))));
        return devices;
    }

    std::mt19937 random_{5};
};

TEST_F(MatchDevices, AllRanksThatSeeTheSameTakeThemInOrder) {
    const std::vector<std::string> all{"A", "B", "C", "D"};
    EXPECT_THAT(match({all, all, all, all}), ElementsAre(0, 1, 2, 3));
    EXPECT_THAT(match({all, all}), ElementsAre(0, 1));
    EXPECT_THAT(match({{"A", "B"}, {"A", "B"}, {"A", "B"}}), ElementsAre(0, 1, -1));
    EXPECT_THAT(match({{"A", "B"}, {"A", "B"}, {"A", "B"}}, 2), ElementsAre(0, 1, 0));
}

TEST_F(MatchDevices, CyclicTasksThatAreBoundToTheClosest) {
    // Two sockets with two GPUs each; tasks are dealt to the sockets in turn. The number of the
    // task modulo that of its GPUs would give tasks 0 and 2 the device A, 1 and 3 the device D.
    const std::vector<std::string> first{"A", "B"}, second{"C", "D"};
    const Lists visible{first, second, first, second};
    EXPECT_THAT(match(visible), ElementsAre(0, 0, 1, 1));
    EXPECT_EQ(loads(visible, match(visible)).size(), 4U);
}

TEST_F(MatchDevices, ARankMakesRoomForOneThatSeesLess) {
    EXPECT_THAT(match({{"A", "B"}, {"A"}}), ElementsAre(1, 0));
    EXPECT_THAT(match({{"A", "B"}, {"B", "C"}, {"A"}, {"B"}}), ElementsAre(1, 1, 0, -1))
        << "all three are in use when the last rank comes";
}

TEST_F(MatchDevices, PartsOfOneGpuAreDevices) {
    // One MIG instance a process is all that CUDA shows.
    EXPECT_THAT(match({{"MIG-1"}, {"MIG-2"}, {"MIG-3"}}), ElementsAre(0, 0, 0));
    EXPECT_THAT(match({{"MIG-1"}, {"MIG-2"}, {"MIG-1"}}), ElementsAre(0, 0, -1));
    EXPECT_THAT(match({{"MIG-1"}, {"MIG-2"}, {"MIG-1"}}, 2), ElementsAre(0, 0, 0));
    EXPECT_THAT(match({{"MIG-1"}, {"GPU-1"}}), ElementsAre(0, 0));
}

TEST_F(MatchDevices, WithoutDevicesNoRankGetsOne) {
    EXPECT_THAT(match({}), testing::IsEmpty());
    EXPECT_THAT(match({{}, {}}, 4), ElementsAre(-1, -1));
    EXPECT_THAT(match({{}, {"A"}}), ElementsAre(-1, 0));
}

TEST_F(MatchDevices, NoOtherChoiceIsBetter) {
    for (int round = 0; round < 4000; ++round) {
        std::vector<std::string> devices;
        for (std::int64_t i = draw(1, 4); i > 0; --i) devices.push_back("GPU-" + std::to_string(i));
        Lists visible;
        for (std::int64_t i = draw(1, 5); i > 0; --i) visible.push_back(some_of(devices));
        const auto limit = draw(1, 3);
        const auto choice = match(visible, limit);
        ASSERT_EQ(choice.size(), visible.size());
        ASSERT_EQ(choice, match(visible, limit)) << "not deterministic";
        ASSERT_TRUE(worth(visible, choice) == best(visible, limit)) << text(visible, limit);
        for (const auto& [uuid, load] : loads(visible, choice)) ASSERT_LE(load, limit);
    }
}

TEST_F(MatchDevices, NobodySharesWhileADeviceIsIdle) {
    for (int round = 0; round < 1000; ++round) {
        std::vector<std::string> devices;
        for (int i = 0; i < 16; ++i) devices.push_back("MIG-" + std::to_string(i));
        Lists visible;
        for (std::int64_t i = draw(1, 40); i > 0; --i) {
            // Bound to one, to a block, or to any of them.
            const auto kind = draw(0, 2);
            const auto at = draw(0, 15);
            const auto end = kind == 0 ? at + 1 : draw(at + 1, 16);
            visible.push_back(
                kind == 2 ? some_of(devices)
                          : std::vector<std::string>(devices.begin() + at, devices.begin() + end));
        }
        const auto limit = draw(1, 4);
        const auto choice = match(visible, limit);
        const auto of_device = loads(visible, choice);
        for (std::size_t rank = 0; rank < choice.size(); ++rank) {
            std::int64_t mine = limit;
            if (choice[rank] >= 0) {
                mine = of_device.at(visible[rank][static_cast<std::size_t>(choice[rank])]) - 1;
            }
            for (const auto& uuid : visible[rank]) {
                const auto load = of_device.find(uuid);
                ASSERT_GE(load == of_device.end() ? 0 : load->second, mine)
                    << "rank " << rank << " would be better on " << uuid;
            }
        }
    }
}

}  // namespace
}  // namespace msunet::sweep

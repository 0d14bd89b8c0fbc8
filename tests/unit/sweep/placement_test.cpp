// SPDX-License-Identifier: Apache-2.0
#include "msunet/sweep/placement.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "msunet/core/error.hpp"
#include "msunet/core/text.hpp"

namespace msunet::sweep {
namespace {

using core::concat;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Kind = RanksPerTrial::Kind;

/// Devices with these letters, of any node.
std::vector<core::Gpu> devices_named(const std::string& letters) {
    std::vector<core::Gpu> devices;
    for (const char letter : letters) devices.push_back({concat("GPU-", letter), "NVIDIA H200"});
    return devices;
}

/// Nodes of so many ranks each, numbered node by node, with as many cores. All ranks see the first
/// so many devices.
PlacementRequest world(const std::vector<std::int64_t>& ranks, std::size_t devices = 0) {
    PlacementRequest request;
    std::int64_t next = 0;
    for (const std::int64_t count : ranks) {
        Node node{concat("n", request.nodes.size()), {}, {}, 2 * count};
        for (std::int64_t i = 0; i < count; ++i) {
            node.ranks.push_back(next++);
            node.visible.push_back(devices_named(std::string("ABCD").substr(0, devices)));
        }
        request.nodes.push_back(std::move(node));
    }
    request.smallest_batch = 1024;
    return request;
}

/// How many ranks use the device that a rank uses.
std::int64_t ranks_on_the_device_of(const Slot& slot, const Placement& placement) {
    return std::count_if(placement.slots.begin(), placement.slots.end(), [&](const Slot& other) {
        return other.node == slot.node && other.uuid == slot.uuid;
    });
}

std::int64_t automatic(const std::vector<std::int64_t>& ranks, std::uint64_t trials,
                       std::int64_t smallest_batch = 1024) {
    PlacementRequest request = world(ranks);
    request.trials = trials;
    request.smallest_batch = smallest_batch;
    return place(request).group_size;
}

std::string problem(const PlacementRequest& request) {
    try {
        static_cast<void>(place(request));
    } catch (const core::UsageError& error) {
        return error.what();
    }
    return "";
}

TEST(Placement, AutoGivesEachTrialARankWhileThereAreEnough) {
    EXPECT_EQ(automatic({4}, 4), 1);
    EXPECT_EQ(automatic({4}, 100), 1);
    EXPECT_EQ(automatic({8, 8}, 16), 1);
}

TEST(Placement, AutoGroupsRanksWhereTrialsAreFew) {
    EXPECT_EQ(automatic({8}, 1), 8);
    EXPECT_EQ(automatic({8}, 2), 4);
    EXPECT_EQ(automatic({8}, 3), 2);  // 8 / 2 = 4 groups
    EXPECT_EQ(automatic({8}, 5), 1);
    EXPECT_EQ(automatic({8, 8}, 1), 8);  // groups lie inside nodes
    EXPECT_EQ(automatic({6, 4}, 1), 2);  // the greatest common divisor
    EXPECT_EQ(automatic({6, 4}, 5), 2);
    EXPECT_EQ(automatic({6, 4}, 6), 1);
    EXPECT_EQ(automatic({8}, 1, 3), 2);  // at most the smallest batch
    EXPECT_EQ(automatic({7}, 2), 1);     // 7 is prime
}

TEST(Placement, AutoObeysItsRuleEverywhere) {
    for (std::int64_t a = 1; a <= 12; ++a) {
        for (std::int64_t b = 1; b <= 12; ++b) {
            for (std::uint64_t trials = 1; trials <= 26; ++trials) {
                const std::int64_t size = automatic({a, b}, trials, 5);
                const auto allowed = [&](std::int64_t g) {
                    return g == 1 || (a % g == 0 && b % g == 0 && g <= 5 &&
                                      static_cast<std::uint64_t>((a + b) / g) >= trials);
                };
                EXPECT_TRUE(allowed(size)) << a << ' ' << b << ' ' << trials;
                for (std::int64_t larger = size + 1; larger <= 12; ++larger) {
                    EXPECT_FALSE(allowed(larger)) << a << ' ' << b << ' ' << trials;
                }
            }
        }
    }
}

TEST(Placement, NamesThreadsThatExceedTheCores) {
    PlacementRequest request = world({2});  // with 4 cores
    request.trials = 2;
    request.threads = 2;
    EXPECT_THAT(place(request).notices, IsEmpty());
    request.threads = 3;
    EXPECT_THAT(place(request).notices,
                ElementsAre(HasSubstr("--threads 3: 'n0' has 2 cores for each rank")));
    request.threads.reset();
    request.nodes.front().cores = 1;
    EXPECT_THAT(place(request).notices, IsEmpty()) << "more ranks than cores were asked for";
}

TEST(Placement, NumbersGroupsAndTheirRanks) {
    PlacementRequest request = world({4, 4});
    request.trials = 4;
    const Placement placement = place(request);
    EXPECT_EQ(placement.group_size, 2);
    EXPECT_EQ(placement.groups, 4);
    ASSERT_EQ(placement.slots.size(), 8U);
    for (std::int64_t rank = 0; rank < 8; ++rank) {
        const Slot& slot = placement.slots[static_cast<std::size_t>(rank)];
        EXPECT_EQ(slot.rank, rank);
        EXPECT_EQ(slot.node, rank / 4);
        EXPECT_EQ(slot.group, rank / 2);
        EXPECT_EQ(slot.rank_in_group, rank % 2);
        EXPECT_EQ(slot.device, -1);
        EXPECT_EQ(slot.threads, 2);
    }
    EXPECT_THAT(placement.notices, IsEmpty());
}

TEST(Placement, RanksMayBeNumberedInAnyOrder) {
    PlacementRequest request;
    request.nodes = {{"a", {0, 2, 4}, {{}, {}, {}}, 6}, {"b", {1, 3}, {{}, {}}, 2}};
    request.trials = 100;
    const Placement placement = place(request);
    ASSERT_EQ(placement.slots.size(), 5U);
    EXPECT_EQ(placement.slots[3].rank, 3);
    EXPECT_EQ(placement.slots[3].node, 1);
    std::set<std::int64_t> groups;
    for (const Slot& slot : placement.slots) groups.insert(slot.group);
    EXPECT_EQ(groups.size(), 5U);
}

TEST(Placement, NamesRanksThatGetNoTrial) {
    PlacementRequest request = world({2, 2, 2});
    request.trials = 4;
    const Placement placement = place(request);
    ASSERT_EQ(placement.notices.size(), 1U);
    EXPECT_THAT(placement.notices[0], HasSubstr("ranks 4, 5 will get no trial"));
    EXPECT_THAT(placement.notices[0], HasSubstr("ask for fewer nodes"));

    request = world({2});
    request.trials = 1;
    request.ranks_per_trial = {Kind::number, 1};
    EXPECT_THAT(place(request).notices,
                testing::ElementsAre(HasSubstr("2 groups for 1 trial), ask for fewer ranks")));
}

TEST(Placement, ForcedNumberMayLeaveRanksOver) {
    PlacementRequest request = world({5, 2});
    request.trials = 100;
    request.ranks_per_trial = {Kind::number, 2};
    const Placement placement = place(request);
    EXPECT_EQ(placement.groups, 3);
    EXPECT_THAT(placement.notices, ElementsAre(HasSubstr("rank 4 will get no trial")));
    EXPECT_EQ(placement.slots[4].group, -1);
    EXPECT_EQ(placement.slots[5].group, 2);
}

TEST(Placement, ForcedGroupsThatCannotBeAreRefused) {
    PlacementRequest request = world({4, 4});
    request.ranks_per_trial = {Kind::number, 5};
    EXPECT_THAT(problem(request), HasSubstr("no node has more than 4 ranks"));
    request.ranks_per_trial = {Kind::number, 4};
    request.smallest_batch = 3;
    EXPECT_THAT(problem(request), HasSubstr("the smallest batch_size of the grid is 3"));
    request.smallest_batch = 4;
    EXPECT_EQ(problem(request), "");
}

TEST(Placement, NodeMeansAllRanksOfANode) {
    PlacementRequest request = world({4, 4});
    request.trials = 100;
    request.ranks_per_trial = {Kind::node, 0};
    EXPECT_EQ(place(request).group_size, 4);
    EXPECT_EQ(place(request).groups, 2);
    request = world({4, 2});
    request.ranks_per_trial = {Kind::node, 0};
    EXPECT_THAT(problem(request),
                testing::StartsWith("--ranks_per_trial 'node': the nodes differ in ranks"));
    request.is_option = false;
    EXPECT_THAT(problem(request), testing::Not(HasSubstr("--")));
}

TEST(Placement, ADeviceForEachRank) {
    PlacementRequest request = world({4, 4}, 4);
    request.trials = 8;
    const Placement placement = place(request);
    for (const Slot& slot : placement.slots) {
        EXPECT_EQ(slot.device, slot.rank % 4);
        EXPECT_EQ(ranks_on_the_device_of(slot, placement), 1);
    }
}

TEST(Placement, RanksThatAreBoundToTheClosestGpusUseAll) {
    // --gpu-bind=closest with cyclic tasks, two sockets with two GPUs each.
    PlacementRequest request = world({4});
    request.nodes[0].visible = {devices_named("AB"), devices_named("CD"), devices_named("AB"),
                                devices_named("CD")};
    request.trials = 1;
    const Placement placement = place(request);
    EXPECT_EQ(placement.group_size, 4);
    std::vector<std::string> uuids;
    std::vector<std::int64_t> numbers;
    for (const Slot& slot : placement.slots) {
        uuids.push_back(slot.uuid);
        numbers.push_back(slot.device);
        EXPECT_EQ(ranks_on_the_device_of(slot, placement), 1);
    }
    EXPECT_THAT(uuids, ElementsAre("GPU-A", "GPU-C", "GPU-B", "GPU-D"));
    EXPECT_THAT(numbers, ElementsAre(0, 0, 1, 1));
    EXPECT_THAT(placement.notices, IsEmpty());
}

TEST(Placement, RanksThatSeeOnlyTakenGpusAreNamed) {
    PlacementRequest request = world({3});
    request.nodes[0].visible = {devices_named("A"), devices_named("A"), devices_named("ABC")};
    request.trials = 100;
    const Placement placement = place(request);
    EXPECT_EQ(placement.groups, 2);
    EXPECT_EQ(placement.slots[1].group, -1);
    EXPECT_EQ(placement.slots[2].uuid, "GPU-B");
    EXPECT_THAT(
        placement.notices,
        ElementsAre("rank 1 will get no trial (other ranks of the node use the GPUs that it "
                    "sees), let each rank see all GPUs of its node (srun --gpu-bind=none)"));
    request.trials_per_gpu = 2;
    EXPECT_EQ(place(request).groups, 3);
}

TEST(Placement, ADispatcherTakesNoDevice) {
    PlacementRequest request = world({3}, 2);
    request.trials = 100;
    request.dedicated_dispatcher = true;
    const Placement placement = place(request);
    EXPECT_EQ(placement.slots[0].device, -1);
    EXPECT_EQ(placement.slots[0].uuid, "");
    EXPECT_EQ(placement.slots[1].uuid, "GPU-A");
    EXPECT_EQ(placement.slots[2].uuid, "GPU-B");
    EXPECT_THAT(placement.notices, IsEmpty());
}

TEST(Placement, ANodesDevicesAreThoseThatAnyRankSees) {
    Node node;
    node.visible = {devices_named("BA"), {}, devices_named("CB")};
    EXPECT_EQ(distinct_devices(node), devices_named("BAC"));
    EXPECT_THAT(distinct_devices(Node()), IsEmpty());
}

TEST(Placement, MoreRanksThanDevicesAreNamed) {
    PlacementRequest request = world({4}, 2);
    request.trials = 100;
    const Placement placement = place(request);
    EXPECT_EQ(placement.groups, 2);
    EXPECT_THAT(placement.notices, ElementsAre(HasSubstr("ranks 2, 3 will get no trial")));
    EXPECT_THAT(placement.notices[0], HasSubstr("--trials_per_gpu"));
}

TEST(Placement, SharersOfADeviceTrainAlone) {
    PlacementRequest request = world({4}, 2);
    request.trials_per_gpu = 2;
    request.trials = 1;
    const Placement placement = place(request);
    EXPECT_EQ(placement.group_size, 1);
    EXPECT_EQ(placement.groups, 4);
    std::vector<std::int64_t> devices;
    for (const Slot& slot : placement.slots) {
        devices.push_back(slot.device);
        EXPECT_EQ(ranks_on_the_device_of(slot, placement), 2);
    }
    EXPECT_THAT(devices, ElementsAre(0, 1, 0, 1));
    request.ranks_per_trial = {Kind::number, 2};
    EXPECT_THAT(problem(request), HasSubstr("share a GPU"));
}

TEST(Placement, RanksThatMeasuredKeepTheirDevices) {
    PlacementRequest request = world({5}, 2);
    request.trials = 100;
    request.trials_per_gpu = request.measured_for = 5;
    const Placement all = place(request);
    EXPECT_EQ(all.groups, 5);
    EXPECT_EQ(all.most_sharers, 3);
    EXPECT_THAT(all.notices, IsEmpty());
    request.trials_per_gpu = 2;
    const Placement some = place(request);
    EXPECT_EQ(some.groups, 4);
    EXPECT_EQ(some.most_sharers, 2);
    EXPECT_EQ(some.slots[4].device, -1);
    for (std::size_t rank = 0; rank < 4; ++rank) {
        EXPECT_EQ(some.slots[rank].uuid, all.slots[rank].uuid);
    }
    EXPECT_THAT(some.notices,
                ElementsAre("rank 4 will get no trial (--trials_per_gpu auto: 2 at once on a GPU "
                            "were measured to be enough), ask for fewer ranks"));
}

TEST(Placement, TrialsPerGpuWithoutRanksToShareSaysSo) {
    PlacementRequest request = world({2}, 2);
    request.trials_per_gpu = 3;
    request.trials = 100;
    EXPECT_THAT(place(request).notices, ElementsAre(HasSubstr("--trials_per_gpu 3 has no effect")));
}

TEST(Placement, ADedicatedDispatcherTrainsNothing) {
    PlacementRequest request = world({3, 2});
    request.trials = 100;
    request.dedicated_dispatcher = true;
    const Placement placement = place(request);
    EXPECT_EQ(placement.slots[0].group, -1);
    EXPECT_EQ(placement.groups, 4);
    EXPECT_THAT(placement.notices, IsEmpty());
    request.trials = 1;
    EXPECT_EQ(place(request).group_size, 2) << "two ranks train on each node";
    PlacementRequest alone = world({1});
    alone.dedicated_dispatcher = true;
    EXPECT_THAT(problem(alone), HasSubstr("no rank is left"));
}

TEST(Placement, KeepsTheJournalsGroupSizeWhereItCan) {
    PlacementRequest request = world({4, 4});
    request.trials = 100;
    request.recorded_group_size = 2;
    EXPECT_EQ(place(request).group_size, 2);
    EXPECT_THAT(place(request).notices, IsEmpty());
    request.recorded_group_size = 8;
    EXPECT_EQ(place(request).group_size, 1);
    ASSERT_EQ(place(request).notices.size(), 1U);
    EXPECT_THAT(place(request).notices[0], HasSubstr("group size of 8"));
    EXPECT_THAT(place(request).notices[0], HasSubstr("within rounding only"));
}

TEST(Placement, ThreadsAreTheNodesCoresPerRank) {
    PlacementRequest request = world({2});
    request.nodes[0].cores = 7;
    EXPECT_EQ(place(request).slots[0].threads, 3);
    request.nodes[0].cores = 1;
    EXPECT_EQ(place(request).slots[0].threads, 1);
    request.threads = 5;
    EXPECT_EQ(place(request).slots[1].threads, 5);
}

TEST(RanksPerTrial, ReadsItsText) {
    RanksPerTrial ranks;
    for (const auto& [text, meaning] : std::vector<std::pair<std::string, RanksPerTrial>>{
             {"4", {Kind::number, 4}}, {"node", {Kind::node, 0}}, {"auto", {}}}) {
        EXPECT_TRUE(from_text(text, ranks)) << text;
        EXPECT_EQ(ranks, meaning) << text;
        EXPECT_EQ(to_text(ranks), text);
    }
    for (const char* text : {"0", "-1", "all", "", "1.5"}) {
        EXPECT_FALSE(from_text(text, ranks)) << text;
    }
}

}  // namespace
}  // namespace msunet::sweep

// SPDX-License-Identifier: Apache-2.0
/// \file
/// Ranks of a node with made-up GPUs: who takes which.

#include "msunet/device/compute.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "mpi/device/made_up_accelerator.hpp"
#include "msunet/comm/communicator.hpp"
#include "msunet/core/error.hpp"
#include "msunet/core/text.hpp"
#include "msunet/device/environment.hpp"
#include "msunet/device/versions.hpp"
#include "msunet/job/world.hpp"
#include "msunet/plan/open_sweep.hpp"
#include "msunet/plan/start_table.hpp"
#include "support/warnings.hpp"

namespace msunet::device {
namespace {

using test::MadeUpAccelerator;
using test::source_of;

const std::vector<std::string> one_gpu{"GPU-a"};

std::vector<core::Gpu> two_kinds() { return {{"GPU-a", "NVIDIA T1000"}, {"GPU-b", "NVIDIA H200"}}; }

settings::TrainSettings settings_with(core::Device asked) {
    settings::TrainSettings settings;
    settings.train.device = asked;
    return settings;
}

class ComputeTest : public testing::Test {
protected:
    /// The GPUs that the ranks choose, by rank, if each sees those of `visible`.
    std::vector<std::string> chosen(const std::vector<std::vector<std::string>>& visible,
                                    std::int64_t trials_per_gpu = 1) {
        MadeUpAccelerator accelerator(visible.at(static_cast<std::size_t>(world_.rank())));
        Compute compute(settings::TrainSettings(), topology_, source_of(&accelerator));
        EXPECT_TRUE(compute.on_gpu());
        EXPECT_EQ(compute.device_name(), "NVIDIA H200 MIG 1g.18gb");
        sweep::PlacementRequest request;
        request.nodes = job::describe_nodes(topology_, compute.visible_devices());
        request.trials = 100;
        request.trials_per_gpu = trials_per_gpu;
        placement_ = sweep::place(request);
        nodes_ = request.nodes;
        compute.use(placement_);
        return world_.all_gather(accelerator.chosen());
    }

    /// Why the ranks don't start, if this one sees this accelerator.
    std::string refusal(train::Accelerator* mine,
                        core::Device asked = core::Device::automatic) const {
        try {
            const Compute compute(settings_with(asked), topology_, source_of(mine));
        } catch (const core::UsageError& error) {
            return error.what();
        }
        return "";
    }

    /// The first entries, one a rank.
    std::vector<std::string> by_rank(std::vector<std::string> of_four) const {
        of_four.resize(static_cast<std::size_t>(world_.size()));
        return of_four;
    }

    comm::Communicator world_ = comm::Communicator::world();
    comm::NodeTopology topology_{world_};
    sweep::Placement placement_;
    std::vector<sweep::Node> nodes_;
};

TEST_F(ComputeTest, RanksThatAreBoundToTheClosestGpusUseAll) {
    const std::vector<std::string> first{"GPU-a", "GPU-b"}, second{"GPU-c", "GPU-d"};
    EXPECT_EQ(chosen({first, second, first, second}),
              by_rank({"GPU-a", "GPU-c", "GPU-b", "GPU-d"}));
}

TEST_F(ComputeTest, ARankFindsItsDeviceUnderItsOwnNumber) {
    const std::vector<std::string> up{"GPU-a", "GPU-b", "GPU-c", "GPU-d"},
        down{"GPU-d", "GPU-c", "GPU-b", "GPU-a"};
    EXPECT_EQ(chosen({up, down, up, down}), by_rank({"GPU-a", "GPU-d", "GPU-b", "GPU-c"}));
}

TEST_F(ComputeTest, InstancesOfOneGpuAreNotShared) {
    EXPECT_EQ(chosen({{"MIG-a"}, {"MIG-b"}, {"MIG-a"}, {"MIG-c"}}),
              by_rank({"MIG-a", "MIG-b", "", "MIG-c"}));
    EXPECT_EQ(chosen({{"MIG-a"}, {"MIG-b"}, {"MIG-a"}, {"MIG-c"}}, 2),
              by_rank({"MIG-a", "MIG-b", "MIG-a", "MIG-c"}));
}

TEST_F(ComputeTest, ARankWithoutGpusAmongOthersIsRefused) {
    if (world_.size() == 1) GTEST_SKIP() << "needs another rank";
    MadeUpAccelerator accelerator(one_gpu);
    auto* const mine = world_.is_root() ? nullptr : &accelerator;
    EXPECT_THAT(refusal(mine), testing::HasSubstr("rank 0 on "));
}

TEST_F(ComputeTest, ASickGpuOfOneRankEndsAllRanksAlike) {
    if (world_.size() == 1) GTEST_SKIP() << "needs another rank";
    const int last = world_.size() - 1;
    MadeUpAccelerator healthy(one_gpu);
    auto sick = MadeUpAccelerator::sick();
    const auto text = refusal(world_.rank() == last ? &sick : &healthy);
    EXPECT_EQ(text, core::concat("1 of ", world_.size(), " ranks can't use a GPU: rank ", last,
                                 " on ", topology_.hosts().at(0),
                                 ": a GPU is here but can't be used: CUDA failed (unknown error), "
                                 "see whether nvidia-smi lists it; or give --device cpu"));
    EXPECT_EQ(world_.all_reduce(std::int64_t{1}, comm::Operation::sum), world_.size());
}

TEST_F(ComputeTest, WithSickGpusOnAllRanksItComputesOnTheCpu) {
    auto sick = MadeUpAccelerator::sick();
    const auto warnings = test::warnings_of([&] {
        const Compute compute(settings::TrainSettings(), topology_, source_of(&sick));
        EXPECT_FALSE(compute.on_gpu());
        EXPECT_EQ(compute.device_name(), "CPU");
        EXPECT_TRUE(compute.visible_devices().empty());
        EXPECT_FALSE(compute.accelerator_versions());
        EXPECT_EQ(compute.processors().size(), static_cast<std::size_t>(topology_.node_count()));
        EXPECT_EQ(compute.processors().front(), device::processor());
    });
    EXPECT_THAT(warnings, testing::ElementsAre(
                              "a GPU is here but can't be used: CUDA failed (unknown error), see "
                              "whether nvidia-smi lists it; the CPU is used"));
    EXPECT_THAT(refusal(&sick, core::Device::gpu), testing::StartsWith("--device 'gpu': a GPU is"));
}

TEST_F(ComputeTest, ABadLimitOfKernelsOnOneRankEndsAllRanksAlike) {
    const bool is_last = world_.rank() == world_.size() - 1;
    setenv("MSUNET_CPU_KERNELS", is_last ? "sse" : "avx2", 1);
    const auto text = refusal(nullptr);
    unsetenv("MSUNET_CPU_KERNELS");
    EXPECT_EQ(text,
              "'MSUNET_CPU_KERNELS' is 'sse', allowed is baseline, avx2, avx512, avx512_bf16, amx");
    EXPECT_EQ(refusal(nullptr), "");
}

TEST_F(ComputeTest, WithDeviceCpuNoAcceleratorIsLookedFor) {
    bool asked = false;
    const Compute compute(settings_with(core::Device::cpu), topology_,
                          [&](core::Device, std::string&) {
                              asked = true;
                              return nullptr;
                          });
    EXPECT_FALSE(asked);
}

TEST_F(ComputeTest, ItNamesTheChosenDevice) {
    MadeUpAccelerator accelerator(two_kinds());
    Compute compute(settings::TrainSettings(), topology_, source_of(&accelerator));
    EXPECT_EQ(compute.device_name(), "NVIDIA T1000");
    sweep::Placement placement;
    placement.groups = world_.size();
    for (int rank = 0; rank < world_.size(); ++rank) {
        auto& slot = placement.slots.emplace_back();
        slot.rank = slot.group = rank;
        slot.device = 1;
    }
    compute.use(placement);
    EXPECT_EQ(compute.device_name(), "NVIDIA H200");
}

TEST_F(ComputeTest, AGroupOfOneHasNoReducerOfAnEarlierGroup) {
    Compute compute(settings::TrainSettings(), topology_, source_of(nullptr));
    sweep::Placement placement;
    placement.groups = 1;
    for (int rank = 0; rank < world_.size(); ++rank) {
        auto& slot = placement.slots.emplace_back();
        slot.rank = slot.rank_in_group = rank;
        slot.group = 0;
    }
    compute.use(placement);
    EXPECT_EQ(compute.reducer() != nullptr, world_.size() > 1);
    placement.groups = world_.size();
    for (auto& slot : placement.slots) {
        slot.group = slot.rank;
        slot.rank_in_group = 0;
    }
    compute.use(placement);
    EXPECT_EQ(compute.group().size(), 1);
    EXPECT_EQ(compute.reducer(), nullptr);
}

TEST_F(ComputeTest, TheJournalHasTheNumberOfGpusByName) {
    auto gpus = two_kinds();
    gpus.push_back({"GPU-c", "NVIDIA T1000"});
    MadeUpAccelerator accelerator(gpus);
    Compute compute(settings::TrainSettings(), topology_, source_of(&accelerator));
    sweep::PlacementRequest request;
    request.nodes = job::describe_nodes(topology_, compute.visible_devices());
    const auto world = plan::describe_world(topology_, request.nodes, sweep::place(request),
                                            {.trials = 2, .is_measured = true}, compute);
    EXPECT_EQ(world.trials_per_gpu, 2);
    EXPECT_TRUE(world.sharing_is_measured);
    EXPECT_EQ(world.gpus, 3);
    EXPECT_EQ(world.device, "2 × NVIDIA T1000, 1 × NVIDIA H200");
    const Compute on_cpu(settings::TrainSettings(), topology_, source_of(nullptr));
    request.nodes = job::describe_nodes(topology_, on_cpu.visible_devices());
    EXPECT_EQ(
        plan::describe_world(topology_, request.nodes, sweep::place(request), {}, on_cpu).device,
        "CPU");
}

TEST_F(ComputeTest, RanksLearnOfTheOthersGpusAsTheyAre) {
    // Each rank sees so many GPUs as its number is.
    const core::Gpu gpu{"GPU-a", "made\tup\nby us"};
    const auto count = static_cast<std::size_t>(world_.rank());
    const auto nodes = job::describe_nodes(topology_, std::vector<core::Gpu>(count, gpu));
    ASSERT_EQ(nodes.size(), 1U);
    ASSERT_EQ(nodes[0].visible.size(), static_cast<std::size_t>(world_.size()));
    for (std::size_t rank = 0; rank < nodes[0].visible.size(); ++rank) {
        EXPECT_EQ(nodes[0].visible[rank], std::vector<core::Gpu>(rank, gpu));
    }
}

TEST_F(ComputeTest, ItIsSaidWhichRankHasWhichGpu) {
    const std::vector<std::string> gpu{"GPU-5a1b2c3d-0000-0000-0000-000000000001"};
    const std::vector<std::string> part{"MIG-6a1b2c3d-0000-0000-0000-000000000002"};
    static_cast<void>(chosen({gpu, part, gpu, part}));
    const std::vector<std::string> texts{"0: GPU-5a1b2c3d", "1: MIG-6a1b2c3d", "2: none",
                                         "3: none"};
    EXPECT_EQ(plan::devices_text(placement_), core::join(by_rank(texts)));
    const auto node = environment_nodes(nodes_, placement_, {"a processor"}).at(0);
    ASSERT_EQ(node.devices.size(), world_.size() == 1 ? 1U : 2U);
    EXPECT_EQ(node.devices[0].uuid, gpu[0]);
    EXPECT_EQ(node.devices[0].name, "NVIDIA H200 MIG 1g.18gb");
    EXPECT_THAT(node.devices[0].ranks, testing::ElementsAre(0));
    if (world_.size() > 1) {
        EXPECT_THAT(node.devices[1].ranks, testing::ElementsAre(1));
    }
}

}  // namespace
}  // namespace msunet::device

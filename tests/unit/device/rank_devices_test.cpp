// SPDX-License-Identifier: Apache-2.0
// Whether ranks can compute together, by the GPUs that each of them found.

#include "msunet/device/rank_devices.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "msunet/core/error.hpp"

namespace msunet::device {
namespace {

using core::Device;
using testing::ElementsAre;
using testing::IsEmpty;

const RankDevices with_gpu{"node1", true, ""};
const RankDevices without_driver{"node2", false, ""};
const RankDevices old_driver{"node3", false, "the driver is 470"};
const RankDevices sick_gpu{"node4", false, "CUDA failed (unknown error)"};

/// The errors, or nothing where the ranks may start.
std::vector<std::string> errors_of(Device asked, const std::vector<RankDevices>& ranks) {
    try {
        static_cast<void>(device_warnings(asked, ranks));
    } catch (const core::UsageError& error) {
        return error.problems();
    }
    return {};
}

TEST(RankDevices, GpusEverywhereOrNowhereNeedNoWords) {
    EXPECT_THAT(device_warnings(Device::automatic, {with_gpu, with_gpu}), IsEmpty());
    EXPECT_THAT(device_warnings(Device::gpu, {with_gpu, with_gpu}), IsEmpty());
    EXPECT_THAT(device_warnings(Device::automatic, {without_driver, without_driver}), IsEmpty());
}

TEST(RankDevices, WhereNoRankHasOneEachReasonIsWarnedOfOnce) {
    EXPECT_THAT(
        device_warnings(Device::automatic, {old_driver, without_driver, sick_gpu, old_driver}),
        ElementsAre("the driver is 470; the CPU is used",
                    "CUDA failed (unknown error); the CPU is used"));
}

TEST(RankDevices, WhereNoRankHasOneButTheyAreAskedForEachReasonIsAnError) {
    EXPECT_THAT(errors_of(Device::gpu, {old_driver, old_driver, sick_gpu}),
                ElementsAre("--device 'gpu': the driver is 470; or give --device cpu",
                            "--device 'gpu': CUDA failed (unknown error); or give --device cpu"));
}

TEST(RankDevices, ANodeWithAnOldDriverAmongOthersIsNamed) {
    EXPECT_THAT(
        errors_of(Device::automatic, {with_gpu, with_gpu, old_driver, with_gpu}),
        ElementsAre("1 of 4 ranks can't use a GPU: rank 2 on node3: the driver is 470; or give "
                    "--device cpu"));
    EXPECT_THAT(
        errors_of(Device::gpu, {with_gpu, old_driver, old_driver}),
        ElementsAre("--device 'gpu': 2 of 3 ranks can't use a GPU, the first of them rank 1 on "
                    "node3: the driver is 470; or give --device cpu"));
}

TEST(RankDevices, ANodeWithoutGpusAmongOthersIsNamed) {
    EXPECT_THAT(
        errors_of(Device::automatic, {without_driver, with_gpu}),
        ElementsAre("1 of 2 ranks can't use a GPU: rank 0 on node2: no NVIDIA driver is there "
                    "(the job's nodes or its --gpus-per-node differ), give every node GPUs "
                    "or none; or give --device cpu"));
}

TEST(RankDevices, WithDeviceCpuNothingMatters) {
    EXPECT_THAT(device_warnings(Device::cpu, {with_gpu, old_driver}), IsEmpty());
}

TEST(RankDevices, GpusThatNoRankUsesAreSeenButNotUsed) {
    const core::Gpu a{"GPU-a", "NVIDIA H200"}, b{"GPU-b", "NVIDIA H200"},
        c{"GPU-c", "NVIDIA T1000"};
    sweep::PlacementRequest request;
    request.nodes = {{.name = "one", .ranks = {0}, .visible = {{a, b, c}}},
                     {.name = "two", .ranks = {1, 2}, .visible = {{a, c}, {a, c}}}};
    request.trials = 3;
    const auto placement = sweep::place(request);
    EXPECT_EQ(gpus_text(gpus_by_name(request.nodes)), "3 × NVIDIA H200, 2 × NVIDIA T1000");
    EXPECT_EQ(gpus_text(used_gpus_by_name(request.nodes, placement)),
              "2 × NVIDIA H200, 1 × NVIDIA T1000");
    // Two ranks on one GPU, and one that trains nothing.
    request.nodes = {{.name = "one", .ranks = {0, 1, 2}, .visible = {{c}, {c}, {c}}}};
    request.trials_per_gpu = 2;
    EXPECT_EQ(gpus_text(used_gpus_by_name(request.nodes, sweep::place(request))),
              "1 × NVIDIA T1000");
}

}  // namespace
}  // namespace msunet::device

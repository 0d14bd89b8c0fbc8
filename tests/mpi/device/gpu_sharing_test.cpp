// SPDX-License-Identifier: Apache-2.0
/// \file
/// Ranks that share a made-up GPU measure how many of them should.

#include "msunet/plan/gpu_sharing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "mpi/device/made_up_accelerator.hpp"
#include "msunet/comm/communicator.hpp"
#include "msunet/data/dummy_samples.hpp"
#include "msunet/job/world.hpp"
#include "msunet/unet/architecture.hpp"

namespace msunet::plan {
namespace {

using test::MadeUpAccelerator;
using testing::HasSubstr;

std::vector<std::string> one_gpu_only() { return {"GPU-a"}; }

/// Two permutations on pictures of 32×32, and one GPU that all ranks see.
class GpuSharingTest : public testing::Test {
protected:
    GpuSharingTest() : patches_(dataset_, fixed_patches()) {
        settings_.sweep.trials_per_gpu.number.reset();
        plan_.grid = std::make_unique<sweep::ParameterGrid>(
            record::GridLists{{"batch_size", {std::int64_t{1}, std::int64_t{2}}},
                              {"patch_dimensions", {std::int64_t{32}}},
                              {"patch_stride", {std::int64_t{32}}}});
        plan_.selection.trials = {0, 1};
        // More than ranks, so that none trains with others.
        plan_.selection.rounds = 100;
    }

    static data::PatchOptions fixed_patches() {
        data::PatchOptions options;
        options.use_frac_patch = false;
        return options;
    }

    device::Compute compute_with(MadeUpAccelerator& accelerator) {
        device::Compute compute(settings_, topology_, test::source_of(&accelerator));
        nodes_ = job::describe_nodes(topology_, compute.visible_devices());
        decided_.placement = sweep::place(placement_request(settings_, plan_, nodes_, {}));
        return compute;
    }

    RankSharingMeter meter_with(device::Compute& compute) {
        compute.use(decided_.placement);
        return {settings_, plan_, dataset_, patches_, compute, decided_.placement, world_};
    }

    comm::Communicator world_ = comm::Communicator::world();
    comm::NodeTopology topology_{world_};
    settings::TrainSettings settings_;
    GridPlan plan_;
    data::Dataset dataset_ = data::dummy_samples(4, 32, 32);
    data::PatchLists patches_;
    std::vector<sweep::Node> nodes_;
    StartPlan decided_{.start = {.architecture = unet::published_architecture()}};
};

TEST_F(GpuSharingTest, AsManyRanksMeasureAsAreAskedFor) {
    MadeUpAccelerator accelerator(one_gpu_only());
    auto compute = compute_with(accelerator);
    EXPECT_EQ(decided_.placement.most_sharers, world_.size());
    auto meter = meter_with(compute);
    EXPECT_EQ(meter.free_bytes(), 100);
    EXPECT_GT(meter.rate(1), 0);
    EXPECT_EQ(meter.trial_bytes(), 30);
    EXPECT_EQ(accelerator.engines(), world_.is_root() ? 1 : 0);
    EXPECT_EQ(accelerator.free_memory(), 100) << "memory was not returned";
    EXPECT_GT(meter.rate(world_.size()), 0);
    EXPECT_EQ(accelerator.engines(), world_.is_root() ? 2 : 1);
}

TEST_F(GpuSharingTest, ATrialThatFailsMakesTheRateZeroOnAllRanks) {
    const bool is_last = world_.rank() == world_.size() - 1;
    auto accelerator = is_last ? MadeUpAccelerator::full(false) : MadeUpAccelerator(one_gpu_only());
    auto compute = compute_with(accelerator);
    auto meter = meter_with(compute);
    EXPECT_EQ(meter.rate(world_.size()), 0);
    if (world_.size() > 1) {
        EXPECT_GT(meter.rate(world_.size() - 1), 0);
    }
}

TEST_F(GpuSharingTest, TheChoiceIsPlaced) {
    MadeUpAccelerator accelerator(one_gpu_only());
    auto compute = compute_with(accelerator);
    const auto share = [&] {
        return share_gpus(settings_, plan_, dataset_, patches_, nodes_, compute, world_, decided_);
    };
    const auto measured = share();
    EXPECT_EQ(world_.all_reduce(measured.trials, comm::Operation::max), measured.trials);
    EXPECT_EQ(decided_.placement.groups, measured.trials);
    if (world_.size() == 1) {
        EXPECT_FALSE(measured.is_measured);
        EXPECT_EQ(measured.text, "1 (auto: there are no more ranks or trials than GPUs)");
    } else {
        EXPECT_TRUE(measured.is_measured);
        EXPECT_LE(measured.trials, 3) << "what fits";
        EXPECT_THAT(measured.text, HasSubstr(" at most (auto: 1 at once "));
        EXPECT_THAT(measured.text, HasSubstr("a trial takes 30 B of 100 B"));
    }
}

TEST_F(GpuSharingTest, EachGpuIsMeasuredByItsOwnRanks) {
    MadeUpAccelerator accelerator(std::vector<std::string>{"GPU-a", "GPU-b"});
    auto compute = compute_with(accelerator);
    EXPECT_EQ(decided_.placement.most_sharers, (world_.size() + 1) / 2);
    auto meter = meter_with(compute);
    EXPECT_GT(meter.rate(1), 0);
    EXPECT_EQ(world_.all_reduce(accelerator.engines(), comm::Operation::sum),
              std::min(2, world_.size()));
}

TEST_F(GpuSharingTest, TheRateIsThatOfTheSlowestGpu) {
    if (world_.size() != 2) GTEST_SKIP() << "needs a rank for each of two GPUs";
    auto accelerator = world_.is_root()
                           ? MadeUpAccelerator(std::vector<std::string>{"GPU-a", "GPU-b"})
                           : MadeUpAccelerator::full(false, "GPU-b");
    auto compute = compute_with(accelerator);
    auto meter = meter_with(compute);
    EXPECT_EQ(meter.rate(1), 0) << "the other GPU trains";
}

TEST_F(GpuSharingTest, RanksThatTrainTogetherAndFewTrialsShareNoGpu) {
    MadeUpAccelerator accelerator(one_gpu_only());
    auto compute = compute_with(accelerator);
    const auto sharers = [&](const OpenExperiment& open) {
        return placement_request(settings_, plan_, nodes_, open).trials_per_gpu;
    };
    EXPECT_EQ(sharers({}), world_.size());
    OpenExperiment resumed;
    resumed.group_size = 2;
    EXPECT_EQ(sharers(resumed), 1);
    settings_.sweep.ranks_per_trial = {sweep::RanksPerTrial::Kind::number, 1};
    EXPECT_EQ(sharers({}), world_.size()) << "one rank trains alone";
    plan_.selection.rounds = 2;
    EXPECT_EQ(sharers({}), std::min(2, world_.size())) << "there are two trials";
}

TEST_F(GpuSharingTest, NothingIsMeasuredWhereTheNumberIsKnown) {
    MadeUpAccelerator accelerator(one_gpu_only());
    auto compute = compute_with(accelerator);
    const auto share = [&] {
        return share_gpus(settings_, plan_, dataset_, patches_, nodes_, compute, world_, decided_);
    };
    decided_.open.measured_sharing = 2;
    const auto resumed = share();
    EXPECT_EQ(resumed.trials, 2);
    EXPECT_TRUE(resumed.is_measured);
    const auto placed = sweep::place(placement_request(settings_, plan_, nodes_, decided_.open));
    EXPECT_EQ(placed.groups, std::min(2, world_.size()));
    decided_.open.measured_sharing.reset();
    settings_.sweep.ranks_per_trial = {sweep::RanksPerTrial::Kind::number, 2};
    EXPECT_EQ(share().text, "1 (auto: ranks train together)");
    settings_.sweep.trials_per_gpu.number = 3;
    EXPECT_EQ(share().trials, 3);
    EXPECT_EQ(share().text, "");
    EXPECT_EQ(accelerator.engines(), 0);
}

}  // namespace
}  // namespace msunet::plan

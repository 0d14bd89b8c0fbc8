// SPDX-License-Identifier: Apache-2.0
// The same data set, errors and cache on any number of ranks and nodes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <string>

#include "msunet/core/error.hpp"
#include "msunet/core/fault.hpp"
#include "support/nodes.hpp"
#include "support/stop.hpp"
#include "workspace.hpp"

namespace msunet::prepare {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Ranks : public testing::Test {
protected:
    Ranks() {
        workspace_.add_four();
        request_ = workspace_.request();
        request_.augment.enable_augmentation = true;
        request_.augment.augmentation_threshold = 0.6;
        request_.seed = 33;
    }

    Prepared run(const comm::NodeTopology& nodes) { return prepare(request_, nodes); }

    comm::Communicator world_ = comm::Communicator::world();
    test::Workspace workspace_{world_};
    Request request_;
};

TEST_F(Ranks, DataSetIsTheSameToTheBit) {
    for (const bool random : {true, false}) {
        request_.augment.in_place_augmentation = random;
        const Prepared alone = test::prepare_alone(request_);
        ASSERT_GE(alone.survey.copies, 3U);
        // One node, and every rank a node of its own, where all slices are exchanged.
        for (const auto& nodes :
             {comm::NodeTopology(world_), msunet::test::simulated_nodes(world_, 1)}) {
            const Prepared shared = run(nodes);
            EXPECT_EQ(shared.dataset.hash(), alone.dataset.hash());
            EXPECT_EQ(shared.key, alone.key);
            EXPECT_EQ(shared.dataset.slices(), alone.dataset.slices());
            EXPECT_TRUE(std::ranges::equal(shared.dataset.voxels(), alone.dataset.voxels()));
            EXPECT_TRUE(std::ranges::equal(shared.dataset.masks(), alone.dataset.masks()));
            world_.barrier();
        }
    }
}

TEST_F(Ranks, CacheOfAnyNumberIsReadByAnyNumber) {
    request_.cache_folder = workspace_.cache();
    const comm::NodeTopology nodes(world_);
    const std::string hash = run(nodes).dataset.hash();
    {
        const auto single = msunet::test::simulated_nodes(world_, 1);
        const Prepared read = run(single);
        EXPECT_TRUE(read.from_cache);
        EXPECT_EQ(read.dataset.hash(), hash);
        world_.barrier();
    }
    EXPECT_TRUE(test::prepare_alone(request_).from_cache);
    world_.barrier();
    // Written by one rank, read by all.
    request_.seed = 34;
    std::string alone;
    if (world_.is_root()) {
        const Prepared made = test::prepare_alone(request_);
        EXPECT_FALSE(made.from_cache);
        alone = made.dataset.hash();
    }
    alone = world_.broadcast(alone);
    const Prepared read = run(nodes);
    EXPECT_TRUE(read.from_cache);
    EXPECT_EQ(read.dataset.hash(), alone);
}

TEST_F(Ranks, BadFilesAreListedAlikeOnAllRanks) {
    if (world_.is_root()) {
        test::fs::resize_file(workspace_.data() / "a_anatomical_data.nii", 400);
        test::Scan scan = test::make_scan({32, 30, 8}, 4);
        scan.mask.voxels[0] = 3;
        workspace_.add("d_fmri", scan);
    }
    world_.barrier();
    try {
        static_cast<void>(run(comm::NodeTopology(world_)));
        FAIL() << "no error";
    } catch (const core::InputError& error) {
        EXPECT_THAT(error.problems(),
                    ElementsAre(HasSubstr("a_anatomical_data.nii"), HasSubstr("d_fmri_mask.nii")));
    }
}

TEST_F(Ranks, AFailureOfOneRankReachesAll) {
    setenv("MSUNET_FAULT",
           ("preprocess:" + std::to_string(world_.size() - 1) + ":exception").c_str(), 1);
    core::arm_faults(world_.rank());
    EXPECT_THROW(run(comm::NodeTopology(world_)), core::Error);
    unsetenv("MSUNET_FAULT");
    core::arm_faults(world_.rank());
    EXPECT_NO_THROW(run(comm::NodeTopology(world_)));
}

TEST_F(Ranks, AStopOfOneRankReachesAll) {
    if (world_.rank() == world_.size() - 1) msunet::test::request_stop();
    try {
        static_cast<void>(run(comm::NodeTopology(world_)));
        ADD_FAILURE() << "no error";
    } catch (const core::Error& error) {
        EXPECT_EQ(error.code(), core::ExitCode::stopped);
    }
    msunet::test::clear_stop();
}

TEST_F(Ranks, OneCopyOfTheSlicesServesTheNode) {
    const Prepared shared = run(comm::NodeTopology(world_));
    const std::uint64_t bytes = shared.dataset.bytes();
    EXPECT_EQ(world_.all_reduce(bytes, comm::Operation::max), bytes);
    // A rank's write to the shared memory is seen by the others: there is one copy.
    auto* const first = const_cast<float*>(shared.dataset.voxels().data());
    world_.barrier();
    if (world_.is_root()) *first = 42.0F;
    world_.barrier();
    EXPECT_EQ(*static_cast<volatile const float*>(first), 42.0F);
    world_.barrier();
}

}  // namespace
}  // namespace msunet::prepare

// SPDX-License-Identifier: Apache-2.0
// Each scan is opened once by one rank, at most twice by several, and its bytes are read once.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "support/watched_folder.hpp"
#include "workspace.hpp"

namespace msunet::prepare {
namespace {

using testing::Each;
using testing::SizeIs;

constexpr std::size_t pairs = 5;

class Opens : public testing::Test {
protected:
    Opens() {
        if (world_.is_root()) add_scans();
        world_.barrier();
        request_ = workspace_.request();
        request_.augment.enable_augmentation = true;
        request_.augment.in_place_augmentation = false;
        watched_data_.emplace(workspace_.data());
        watched_masks_.emplace(workspace_.masks());
    }

    /// Scans of some 200 kB, so that other reading (sockets, /proc) hardly counts; 4-D ones and
    /// packed ones among them.
    void add_scans() {
        for (std::size_t i = 0; i < pairs; ++i) {
            const test::Scan scan = test::make_scan({60, 50, 14}, i);
            const std::string stem = std::string(1, static_cast<char>('a' + i)) + "_fmri";
            const char* ending = i % 2 == 0 ? ".nii" : ".nii.gz";
            io::write_frames(workspace_.data() / (stem + "_data" + ending),
                             std::vector<core::Volume>(i == 0 ? 9 : 1, scan.volume));
            io::write_volume(workspace_.masks() / (stem + "_mask" + ending), scan.mask);
        }
        for (const auto& folder : {workspace_.data(), workspace_.masks()}) {
            for (const auto& entry : test::fs::directory_iterator(folder)) {
                scan_bytes_ += entry.file_size();
            }
        }
    }

    /// What a run of all ranks reads, in units of the scans' bytes.
    double run(bool from_cache) {
        forget_openings();
        const std::uint64_t before = msunet::test::bytes_read();
        const Prepared prepared = prepare(request_, comm::NodeTopology(world_));
        const std::uint64_t mine = msunet::test::bytes_read() - before;
        EXPECT_EQ(prepared.from_cache, from_cache);
        const auto all = world_.all_reduce(mine, comm::Operation::sum);
        scan_bytes_ = world_.broadcast(scan_bytes_);
        return static_cast<double>(all) / static_cast<double>(scan_bytes_);
    }

    /// Collective: openings before are not counted.
    void forget_openings() {
        world_.barrier();
        static_cast<void>(watched_data_->openings());
        static_cast<void>(watched_masks_->openings());
        world_.barrier();
    }

    /// Collective: how often every file was opened since, by all ranks together.
    void expect_opened(int expected) {
        world_.barrier();
        for (auto* folder : {&watched_data_, &watched_masks_}) {
            const auto openings = (*folder)->openings();
            EXPECT_THAT(openings, SizeIs(pairs));
            EXPECT_THAT(openings, Each(testing::Pair(testing::_, expected)));
        }
    }

    comm::Communicator world_ = comm::Communicator::world();
    test::Workspace workspace_{world_};
    Request request_;
    std::uint64_t scan_bytes_ = 0;
    std::optional<msunet::test::WatchedFolder> watched_data_, watched_masks_;
};

TEST_F(Opens, AFirstStartReadsEachFileOnce) {
    request_.cache_folder = workspace_.cache();
    const double read = run(false);
    expect_opened(world_.size() == 1 ? 1 : 2);
    // Beside the scans: the data set is read back for its seal.
    const auto cached = test::fs::directory_iterator(workspace_.cache());
    double seal = 0;
    for (const auto& entry : cached) seal += static_cast<double>(entry.file_size());
    EXPECT_LT(read, 1.5 + seal / static_cast<double>(scan_bytes_));
}

TEST_F(Opens, WithoutACacheTheSameHolds) {
    const double read = run(false);
    expect_opened(world_.size() == 1 ? 1 : 2);
    EXPECT_LT(read, 1.5);
}

TEST_F(Opens, FilesThatMovedAreReadForTheirHashOnly) {
    request_.cache_folder = workspace_.cache();
    static_cast<void>(run(false));
    // Freshly written files are not in the index of hashes.
    static_cast<void>(run(true));
    expect_opened(1);
}

TEST_F(Opens, ADryRunReadsEachFileOnce) {
    forget_openings();
    static_cast<void>(survey(request_, comm::NodeTopology(world_)));
    expect_opened(world_.size() == 1 ? 1 : 2);
}

}  // namespace
}  // namespace msunet::prepare

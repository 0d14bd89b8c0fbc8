// SPDX-License-Identifier: Apache-2.0
#include "msunet/prepare/prepare.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <utility>

#include "msunet/core/error.hpp"
#include "msunet/core/file.hpp"
#include "msunet/data/patch_index.hpp"
#include "msunet/io/nifti_file.hpp"
#include "support/stop.hpp"
#include "workspace.hpp"

namespace msunet::prepare {
namespace {

using test::fs::path;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;

/// Content and modification time of everything in a folder.
std::map<std::string, std::pair<std::string, test::fs::file_time_type>> snapshot(
    const path& folder) {
    std::map<std::string, std::pair<std::string, test::fs::file_time_type>> files;
    for (const auto& entry : test::fs::recursive_directory_iterator(folder)) {
        files[entry.path().string()] = {
            entry.is_regular_file() ? core::read_file(entry.path()) : "", entry.last_write_time()};
    }
    files[folder.string()] = {"", test::fs::last_write_time(folder)};
    return files;
}

class Prepare : public testing::Test {
protected:
    Prepare() {
        workspace_.add_four();
        request_ = workspace_.request();
    }
    void augment() {
        request_.augment.enable_augmentation = true;
        request_.augment.in_place_augmentation = false;
    }

    /// A dry run and a start refuse the options with a message that contains `text`.
    void expect_refused(const std::string& text) const {
        EXPECT_THAT([this] { static_cast<void>(test::survey_alone(request_)); },
                    testing::ThrowsMessage<core::UsageError>(HasSubstr(text)));
        EXPECT_THAT([this] { static_cast<void>(test::prepare_alone(request_)); },
                    testing::ThrowsMessage<core::UsageError>(HasSubstr(text)));
    }

    test::Workspace workspace_;
    Request request_;
};

TEST_F(Prepare, KeepsFilesInOrderAndSplitsByFiles) {
    const Prepared prepared = test::prepare_alone(request_);
    const auto& sources = prepared.dataset.sources();
    ASSERT_EQ(sources.size(), 4U);
    EXPECT_EQ(sources[0].name, "a_anatomical_data.nii");
    EXPECT_EQ(sources[0].modality, core::Modality::anatomical);
    EXPECT_EQ(sources[2].modality, core::Modality::noddi);
    EXPECT_FALSE(sources[2].validation);
    EXPECT_TRUE(sources[3].validation);
    // The anatomical scan keeps its first and last slice, the others lose them.
    std::map<std::uint32_t, std::size_t> slices;
    for (const auto& slice : prepared.dataset.slices()) ++slices[slice.source];
    EXPECT_THAT(slices, ElementsAre(testing::Pair(0, 9), testing::Pair(1, 5), testing::Pair(2, 4),
                                    testing::Pair(3, 6)));
    // 32 wide; floor(32 * Y / X) high.
    EXPECT_EQ(prepared.dataset.slices().front().width, 32U);
    EXPECT_EQ(prepared.dataset.slices().front().height, 40U);
    EXPECT_EQ(prepared.survey.pairs[0].before.size, (std::array<std::size_t, 3>{40, 50, 9}));
    EXPECT_EQ(prepared.survey.pairs[0].after.size, (std::array<std::size_t, 3>{32, 40, 9}));
    EXPECT_EQ(prepared.inputs.size(), 8U);
    EXPECT_EQ(prepared.inputs[1].name, "masks/a_anatomical_mask.nii");
}

TEST_F(Prepare, PutsCopiesOfTrainingPairsLast) {
    augment();
    const Prepared prepared = test::prepare_alone(request_);
    const auto& sources = prepared.dataset.sources();
    ASSERT_EQ(sources.size(), 4U + 3U * 3U);
    EXPECT_EQ(prepared.survey.copies, 9U);
    for (std::size_t i = 4; i < sources.size(); ++i) {
        EXPECT_TRUE(sources[i].augmented);
        EXPECT_FALSE(sources[i].validation);
        EXPECT_EQ(sources[i].pair, (i - 4) / 3);
    }
    EXPECT_EQ(sources[4].name, "a_anatomical_data_augmented1");
    EXPECT_EQ(sources[6].name, "a_anatomical_data_augmented3");
    const data::PatchIndex index(prepared.dataset, {});
    const std::size_t originals = index.training_original().size();
    EXPECT_TRUE(
        std::ranges::equal(index.training_original(),
                           std::span<const std::uint32_t>(index.training()).first(originals)));
}

TEST_F(Prepare, AugmentsValidationOnlyOnRequest) {
    augment();
    request_.augment.augment_validation = true;
    const Prepared prepared = test::prepare_alone(request_);
    EXPECT_EQ(prepared.dataset.sources().size(), 16U);
    EXPECT_TRUE(prepared.dataset.sources().back().validation);
}

TEST_F(Prepare, DoesNotAugmentWhatIsAugmented) {
    augment();
    test::fs::rename(workspace_.masks() / "b_fmri_mask.nii",
                     workspace_.masks() / "b_fmri_augmented_mask.nii");
    testing::internal::CaptureStdout();
    const Prepared prepared = test::prepare_alone(request_);
    EXPECT_THAT(testing::internal::GetCapturedStdout(), HasSubstr("No augmentation"));
    EXPECT_EQ(prepared.dataset.sources().size(), 4U);
}

TEST_F(Prepare, NeverWritesToTheInputFolders) {
    const auto data = snapshot(workspace_.data());
    const auto masks = snapshot(workspace_.masks());
    augment();
    request_.cache_folder = workspace_.cache();
    request_.augment.write_augmented = (workspace_.root() / "copies").string();
    static_cast<void>(test::prepare_alone(request_));
    request_.augment.write_augmented.reset();
    EXPECT_TRUE(test::prepare_alone(request_).from_cache);
    EXPECT_EQ(snapshot(workspace_.data()), data);
    EXPECT_EQ(snapshot(workspace_.masks()), masks);
}

TEST_F(Prepare, WritesCopiesThatAreAnInputOfTheirOwn) {
    augment();
    const path copies = workspace_.root() / "copies";
    request_.augment.write_augmented = copies.string();
    const path scan = workspace_.data() / "a_anatomical_data.nii";
    constexpr std::size_t descrip = 148;
    core::write_file_atomically(scan, core::read_file(scan).replace(descrip, 5, "fine!"));
    const Prepared prepared = test::prepare_alone(request_);
    const auto head_of = [](const path& file) {
        std::string head = io::NiftiFile(file).read(0, io::Extent::frame).head;
        // Type, scaling and cal_* are a result's own.
        for (const auto& [offset, bytes] : {std::pair{70, 4}, {112, 8}, {124, 8}}) {
            std::fill_n(head.begin() + offset, bytes, '\0');
        }
        return head;
    };
    const std::string head = head_of(scan);
    EXPECT_EQ(head_of(copies / "data" / "a_anatomical_data_augmented1.nii"), head);
    EXPECT_EQ(head_of(copies / "masks" / "a_anatomical_mask_augmented1.nii"), head);

    Request again = request_;
    again.folders.training_data_path = (copies / "data").string();
    again.folders.mask_data_path = (copies / "masks").string();
    again.augment.write_augmented.reset();
    again.split.validation_split = 0;
    const Prepared reread = test::prepare_alone(again);
    // Copies as such are not augmented again, and give the slices that training had.
    ASSERT_EQ(reread.dataset.sources().size(), 9U);
    std::size_t elements = 0;
    for (const auto& slice : prepared.dataset.slices()) {
        const auto& source = prepared.dataset.source_of(slice);
        if (source.augmented) elements += prepared.dataset.voxels(slice).size();
    }
    ASSERT_EQ(reread.dataset.voxels().size(), elements);
    EXPECT_TRUE(
        std::ranges::equal(reread.dataset.voxels(), prepared.dataset.voxels().last(elements)));
    EXPECT_TRUE(
        std::ranges::equal(reread.dataset.masks(), prepared.dataset.masks().last(elements)));
}

TEST_F(Prepare, ReplacesTheCopiesOfAnEarlierRun) {
    augment();
    const path copies = workspace_.root() / "copies";
    request_.augment.write_augmented = copies.string();
    request_.split.validation_split = 0;
    static_cast<void>(test::prepare_alone(request_));
    const std::size_t all = snapshot(copies / "data").size();
    ASSERT_GT(all, 0U);
    // Fewer scans are augmented now: the copies of the others would be stale.
    request_.split.validation_split = 0.5;
    static_cast<void>(test::survey_alone(request_));
    EXPECT_EQ(snapshot(copies / "data").size(), all);
    static_cast<void>(test::prepare_alone(request_));
    const std::size_t fewer = snapshot(copies / "data").size();
    EXPECT_LT(fewer, all);
    EXPECT_EQ(snapshot(copies / "masks").size(), fewer);
    request_.augment.enable_augmentation = false;
    static_cast<void>(test::survey_alone(request_));
    EXPECT_EQ(snapshot(copies / "data").size(), fewer);
    static_cast<void>(test::prepare_alone(request_));
    EXPECT_TRUE(test::fs::is_empty(copies / "data")) << "those there would be stale";
}

TEST_F(Prepare, WritesNoCopiesAmongOtherFiles) {
    augment();
    const path copies = workspace_.root() / "copies";
    request_.augment.write_augmented = copies.string();
    core::make_directories(copies / "masks");
    std::ofstream(copies / "masks" / "mine_augmented1.nii").put('x');
    expect_refused("masks/mine_augmented1.nii");
    EXPECT_TRUE(test::fs::exists(copies / "masks" / "mine_augmented1.nii"));
}

TEST_F(Prepare, RefusesAFolderOfCopiesThatCannotBeMade) {
    augment();
    request_.augment.write_augmented = (workspace_.root() / "junk.h5").string();
    std::ofstream(*request_.augment.write_augmented).put('x');
    expect_refused("junk.h5");
}

TEST_F(Prepare, MakesCopiesAgainThoughTheCacheHasThem) {
    augment();
    request_.cache_folder = workspace_.cache();
    const std::string hash = test::prepare_alone(request_).dataset.hash();
    request_.augment.write_augmented = (workspace_.root() / "copies").string();
    EXPECT_EQ(test::prepare_alone(request_).dataset.hash(), hash);
    EXPECT_TRUE(test::fs::exists(workspace_.root() / "copies" / "data" /
                                 "a_anatomical_data_augmented1.nii"));
}

TEST_F(Prepare, VoxelsAreInTheUnitRangeAndMasksBinary) {
    augment();
    const Prepared prepared = test::prepare_alone(request_);
    EXPECT_THAT(prepared.dataset.masks(), Each(testing::AnyOf(0, 1)));
    for (const float voxel : prepared.dataset.voxels()) {
        ASSERT_GE(voxel, 0.0F);
        ASSERT_LE(voxel, 1.0F);
    }
}

TEST_F(Prepare, SeedDecidesTheCopies) {
    augment();
    const std::string hash = test::prepare_alone(request_).dataset.hash();
    EXPECT_EQ(test::prepare_alone(request_).dataset.hash(), hash);
    request_.seed = 2;
    EXPECT_NE(test::prepare_alone(request_).dataset.hash(), hash);
}

TEST_F(Prepare, StopsBetweenVolumes) {
    msunet::test::request_stop();
    try {
        static_cast<void>(test::prepare_alone(request_));
        ADD_FAILURE() << "no error";
    } catch (const core::Error& error) {
        EXPECT_EQ(error.code(), core::ExitCode::stopped);
    }
    msunet::test::clear_stop();
}

TEST_F(Prepare, TellsTheObserver) {
    class Recorder : public Observer {
    public:
        void phase(std::string_view name) override { phases.emplace_back(name); }
        void holds(std::string_view what) override {
            held.emplace_back(what);
            ++holding;
        }
        void released() override { --holding; }
        void progress(std::size_t done, std::size_t total) override { last = {done, total}; }
        std::vector<std::string> phases, held;
        int holding = 0;
        std::pair<std::size_t, std::size_t> last;
    } recorder;
    augment();
    const auto self = comm::Communicator::self_without_mpi();
    static_cast<void>(prepare(request_, comm::NodeTopology(self), &recorder));
    EXPECT_THAT(recorder.phases, ElementsAre("preprocessing"));
    EXPECT_EQ(recorder.last, (std::pair<std::size_t, std::size_t>{13, 13}));
    EXPECT_THAT(recorder.held, testing::Contains("c_noddi_data_augmented2"));
    EXPECT_EQ(recorder.holding, 0) << "every piece is given back";
}

TEST_F(Prepare, KeepsEndSlicesAsAskedAndCountsThoseWithMaskThatItDrops) {
    const auto slices_and_dropped = [&](imaging::EndSlices ends) {
        request_.slices.end_slices = ends;
        const Survey survey = test::survey_alone(request_);
        std::vector<std::size_t> dropped;
        for (const SurveyedPair& surveyed : survey.pairs) dropped.push_back(surveyed.dropped.ends);
        return std::pair(survey.slices, dropped);
    };
    // The ellipsoids end before the first and the last slice; here the mask reaches the first.
    test::Scan scan = test::make_scan({32, 32, 7}, 2);
    for (std::size_t y = 8; y < 24; ++y) {
        for (std::size_t x = 8; x < 24; ++x) scan.mask.at(x, y, 0) = 1;
    }
    workspace_.add("b_fmri", scan);
    const auto drop = slices_and_dropped(imaging::EndSlices::drop);
    EXPECT_THAT(drop.first, ElementsAre(9, 5, 4, 6));
    EXPECT_THAT(drop.second, ElementsAre(0, 1, 0, 0)) << "the first is anatomical";
    const auto keep = slices_and_dropped(imaging::EndSlices::keep);
    EXPECT_THAT(keep.first, ElementsAre(9, 7, 6, 8));
    EXPECT_THAT(keep.second, ElementsAre(0, 0, 0, 0));
    const auto automatic = slices_and_dropped(imaging::EndSlices::automatic);
    EXPECT_THAT(automatic.second, ElementsAre(0, 0, 0, 0));
    for (std::size_t i = 0; i < 4; ++i) {
        EXPECT_EQ(automatic.first[i], drop.first[i] + drop.second[i]) << i;
    }
}

TEST_F(Prepare, SurveyShowsPairsSizesAndMemory) {
    const auto survey_of_four = test::survey_alone(request_);
    EXPECT_THAT(survey_of_four.slices, ElementsAre(9, 5, 4, 6));
    EXPECT_EQ(test::prepare_alone(request_).survey.slices, survey_of_four.slices);
    ASSERT_EQ(survey_of_four.pairs.size(), 4U);
    EXPECT_EQ(survey_of_four.pairs[1].pair.mask, "b_fmri_mask.nii");
    EXPECT_TRUE(survey_of_four.pairs[3].pair.validation);
    // (32x40x9 + 32x32x7 + 32x48x6 + 32x30x8) voxels of 5 bytes.
    EXPECT_EQ(survey_of_four.largest_bytes, 5U * (11520U + 7168U + 9216U + 7680U));
}

}  // namespace
}  // namespace msunet::prepare

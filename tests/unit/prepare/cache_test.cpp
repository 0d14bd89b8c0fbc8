// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <optional>
#include <thread>

#include "msunet/core/error.hpp"
#include "prepare/cache.hpp"
#include "support/warnings.hpp"
#include "workspace.hpp"

namespace msunet::prepare {
namespace {

using test::fs::path;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

/// Data sets in a cache folder.
std::vector<path> cached(const path& folder) {
    std::vector<path> files;
    for (const auto& entry : test::fs::directory_iterator(folder)) {
        if (entry.path().extension() == ".h5") files.push_back(entry.path());
    }
    return files;
}

class Cache : public testing::Test {
protected:
    Cache() {
        workspace_.add_four();
        request_ = workspace_.request();
        // Each modality has training and validation data, which is no warning then.
        request_.folders.modality = core::Modality::fmri;
        request_.augment.enable_augmentation = true;
        request_.augment.in_place_augmentation = false;
        request_.cache_folder = workspace_.cache();
    }

    Prepared run() {
        std::optional<Prepared> prepared;
        warnings_ = msunet::test::warnings_of([&] { prepared = test::prepare_alone(request_); });
        return std::move(*prepared);
    }
    /// A run whose cached file is not as it should be: rebuilt, with one line that says so.
    void expect_rebuilt(const std::string& hash, const char* reason) {
        const Prepared rebuilt = run();
        EXPECT_FALSE(rebuilt.from_cache) << reason;
        EXPECT_EQ(rebuilt.dataset.hash(), hash) << reason;
        EXPECT_THAT(warnings_, ElementsAre(HasSubstr(reason)));
        EXPECT_TRUE(run().from_cache) << reason;
    }

    /// What a dry run warns of.
    std::vector<std::string> survey_warnings() const {
        return msunet::test::warnings_of(
            [this] { static_cast<void>(test::survey_alone(request_)); });
    }

    test::Workspace workspace_;
    Request request_;
    std::vector<std::string> warnings_;
};

TEST_F(Cache, SecondStartReadsTheSameDataSet) {
    const Prepared made = run();
    EXPECT_FALSE(made.from_cache);
    EXPECT_THAT(cached(workspace_.cache()), ElementsAre(made.cache_file));
    EXPECT_EQ(made.cache_bytes, test::fs::file_size(made.cache_file));

    const Prepared read = run();
    EXPECT_TRUE(read.from_cache);
    EXPECT_THAT(warnings_, IsEmpty());
    EXPECT_EQ(read.cache_file, made.cache_file);
    EXPECT_EQ(read.key, made.key);
    EXPECT_EQ(read.inputs, made.inputs);
    EXPECT_EQ(read.dataset.hash(), made.dataset.hash());
    EXPECT_EQ(read.dataset.sources(), made.dataset.sources());
    EXPECT_EQ(read.dataset.slices(), made.dataset.slices());
    EXPECT_TRUE(std::ranges::equal(read.dataset.voxels(), made.dataset.voxels()));
    EXPECT_TRUE(std::ranges::equal(read.dataset.masks(), made.dataset.masks()));
    ASSERT_EQ(read.survey.pairs.size(), made.survey.pairs.size());
    for (std::size_t i = 0; i < read.survey.pairs.size(); ++i) {
        EXPECT_EQ(read.survey.pairs[i].pair, made.survey.pairs[i].pair);
        EXPECT_EQ(read.survey.pairs[i].before, made.survey.pairs[i].before);
        EXPECT_EQ(read.survey.pairs[i].after, made.survey.pairs[i].after);
        EXPECT_EQ(read.survey.pairs[i].dropped, made.survey.pairs[i].dropped);
    }
    EXPECT_EQ(read.survey.slices, made.survey.slices);
    EXPECT_EQ(read.survey.copies, made.survey.copies);
    EXPECT_EQ(read.survey.largest_bytes, made.survey.largest_bytes);
}

TEST_F(Cache, NeverEntersImagingOnAHit) {
    static_cast<void>(run());
    class Phases : public Observer {
    public:
        void phase(std::string_view name) override { names.emplace_back(name); }
        std::vector<std::string> names;
    } phases;
    const auto self = comm::Communicator::self_without_mpi();
    static_cast<void>(prepare(request_, comm::NodeTopology(self), &phases));
    EXPECT_THAT(phases.names, ElementsAre("reading the cache"));
}

TEST_F(Cache, IsOneFileForEachThingThatChangesTheData) {
    const Request base = request_;
    const std::string key = run().key;
    const auto changed = [&](auto&& change) {
        request_ = base;
        request_.cache_folder.clear();
        change(request_);
        return test::prepare_alone(request_).key != key;
    };
    EXPECT_FALSE(changed([](Request&) {}));
    EXPECT_TRUE(changed([](Request& r) { r.seed = 2; }));
    EXPECT_TRUE(changed([](Request& r) { r.preprocess.target_size = 40; }));
    EXPECT_TRUE(changed([](Request& r) { r.preprocess.frame = 3; }));
    EXPECT_TRUE(changed([](Request& r) { r.slices.end_slices = imaging::EndSlices::automatic; }));
    EXPECT_TRUE(changed([](Request& r) { r.patches.use_frac_patch = false; }));
    EXPECT_TRUE(changed([](Request& r) { r.split.validation_split = 0.5; }));
    EXPECT_TRUE(changed([](Request& r) { r.augment.enable_rotation = false; }));
    EXPECT_TRUE(changed([](Request& r) { r.augment.augment_validation = true; }));
    EXPECT_TRUE(changed([](Request& r) { r.folders.modality = core::Modality::noddi; }));
    EXPECT_TRUE(
        changed([](Request& r) { r.folders.mask_geometry = imaging::MaskGeometry::header; }));
    EXPECT_FALSE(changed([](Request& r) { r.patches.frac_patch = 0.5; }));
}

TEST_F(Cache, TakesADefaultThatIsSpelledOutAsTheSame) {
    request_.cache_folder.clear();
    request_.preprocess.target_size.reset();
    const std::string key = run().key;
    request_.preprocess.target_size = 128;
    EXPECT_EQ(run().key, key);
}

TEST_F(Cache, KnowsFilesByContentWhereverTheyLie) {
    const std::string key = run().key;
    test::fs::rename(workspace_.data(), workspace_.root() / "moved");
    request_.folders.training_data_path = (workspace_.root() / "moved").string() + "/";
    EXPECT_TRUE(run().from_cache);

    // Other content of the same size under the same name.
    const path file = workspace_.root() / "moved" / "b_fmri_data.nii";
    test::Scan scan = test::make_scan({32, 32, 7}, 77);
    io::write_volume(file, scan.volume);
    const Prepared changed = run();
    EXPECT_FALSE(changed.from_cache);
    EXPECT_NE(changed.key, key);
    EXPECT_THAT(warnings_, IsEmpty());
}

TEST_F(Cache, SeesAChangeBehindAnOldModificationTime) {
    // The index of hashes remembers files that have not changed for a while.
    const path file = workspace_.data() / "b_fmri_data.nii";
    static_cast<void>(run());
    std::this_thread::sleep_for(std::chrono::milliseconds(3500));
    request_.seed = 2;
    static_cast<void>(run());
    ASSERT_TRUE(test::fs::exists(workspace_.cache() / "inputs.txt"));
    EXPECT_TRUE(run().from_cache) << "from the index";
    const auto time = test::fs::last_write_time(file);
    io::write_volume(file, test::make_scan({32, 32, 7}, 77).volume);
    test::fs::last_write_time(file, time);
    EXPECT_FALSE(run().from_cache);
}

TEST_F(Cache, RebuildsAFileThatIsTruncatedForeignOrDamaged) {
    const Prepared made = run();
    const path file = made.cache_file;
    const std::string hash = made.dataset.hash();
    const auto size = test::fs::file_size(file);

    test::fs::resize_file(file, size / 2);
    expect_rebuilt(hash, "truncated");
    test::fs::resize_file(file, 0);
    expect_rebuilt(hash, "truncated");
    std::ofstream(file) << "something else\n";
    expect_rebuilt(hash, "not written by this program");

    request_.seed = 2;
    const path other = run().cache_file;
    test::fs::copy_file(other, file, test::fs::copy_options::overwrite_existing);
    request_.seed = 1;
    expect_rebuilt(hash, "other data");

    for (const auto at : {std::uintmax_t{9}, size / 3, size - 200}) {
        {
            std::fstream stream(file, std::ios::binary | std::ios::in | std::ios::out);
            stream.seekg(static_cast<std::streamoff>(at));
            const char was = static_cast<char>(stream.get());
            stream.seekp(static_cast<std::streamoff>(at));
            stream.put(static_cast<char>(was ^ 1));
        }
        expect_rebuilt(hash, "is damaged");
    }
}

TEST_F(Cache, KeepsWhatIsUsedAndRemovesWhatWasAbandoned) {
    const auto days_ago = [](int days) {
        return test::fs::file_time_type::clock::now() - std::chrono::hours(24 * days);
    };
    std::vector<path> files;
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
        request_.seed = seed;
        files.push_back(run().cache_file);
    }
    EXPECT_THAT(cached(workspace_.cache()), UnorderedElementsAre(files[0], files[1], files[2]))
        << "three sweeps that share a folder";
    test::fs::last_write_time(files[0], days_ago(16));
    test::fs::last_write_time(files[1], days_ago(17));
    test::fs::last_write_time(files[2], days_ago(18));

    // Reading one makes it the newest; the last one used before stays, however old.
    request_.seed = 2;
    testing::internal::CaptureStdout();
    EXPECT_TRUE(run().from_cache);
    EXPECT_THAT(testing::internal::GetCapturedStdout(), HasSubstr("deleted 1 data set in "));
    EXPECT_THAT(cached(workspace_.cache()), UnorderedElementsAre(files[0], files[1]));
    const path old = workspace_.cache() / ".dataset_x.h5.host.1.1.tmp";
    const path fresh = workspace_.cache() / ".dataset_y.h5.host.1.1.tmp";
    const path foreign = workspace_.cache() / "notes.h5";
    for (const path& file : {old, fresh, foreign}) std::ofstream(file).put('x');
    test::fs::last_write_time(old, days_ago(4));
    request_.seed = 4;
    const path newest = run().cache_file;
    EXPECT_THAT(cached(workspace_.cache()), UnorderedElementsAre(files[1], newest, foreign));
    EXPECT_FALSE(test::fs::exists(old));
    EXPECT_TRUE(test::fs::exists(fresh));
}

TEST_F(Cache, OfAnOlderFormatIsMadeAgainWithANotice) {
    core::make_directories(workspace_.cache());
    const path old = workspace_.cache() / "dataset_0123456789abcdef0123456789abcdef.h5";
    std::ofstream(old).put('x');
    testing::internal::CaptureStdout();
    EXPECT_FALSE(run().from_cache);
    EXPECT_THAT(testing::internal::GetCapturedStdout(), HasSubstr("of an older version"));
    EXPECT_THAT(warnings_, IsEmpty());
    EXPECT_FALSE(test::fs::exists(old));
    EXPECT_TRUE(run().from_cache);
}

TEST_F(Cache, InAnInputFolderIsRefused) {
    request_.cache_folder = workspace_.data() / ".msunet_cache";
    EXPECT_THROW(run(), core::UsageError);
    EXPECT_FALSE(test::fs::exists(request_.cache_folder));
}

TEST_F(Cache, ThatCannotBeWrittenIsAWarning) {
    std::ofstream(workspace_.cache()).put('x');  // a file where the folder should be
    const Prepared prepared = run();
    EXPECT_TRUE(prepared.cache_file.empty());
    EXPECT_GT(prepared.dataset.slices().size(), 0U);
    ASSERT_THAT(warnings_, ElementsAre(HasSubstr("not kept in the cache")));
    EXPECT_EQ(survey_warnings(), warnings_);
}

TEST_F(Cache, StillChecksFixedPatches) {
    request_.patches.use_frac_patch = false;
    request_.patch_dimensions = {16};
    static_cast<void>(run());
    request_.patch_dimensions = {16, 32};
    try {
        static_cast<void>(run());
        FAIL() << "no error";
    } catch (const core::InputError& error) {
        EXPECT_THAT(error.problems(), ElementsAre(HasSubstr("d_fmri_data.nii")));
    }
}

}  // namespace
}  // namespace msunet::prepare

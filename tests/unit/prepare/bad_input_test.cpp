// SPDX-License-Identifier: Apache-2.0
// Bad input: one line that names the file, what is wrong and what to do, for all files at once.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <limits>

#include "msunet/core/error.hpp"
#include "msunet/core/text.hpp"
#include "support/warnings.hpp"
#include "workspace.hpp"

namespace msunet::prepare {
namespace {

using test::make_scan;
using test::Scan;
using test::Workspace;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::vector<std::string> problems_of(const Request& request) {
    try {
        static_cast<void>(test::prepare_alone(request));
    } catch (const core::Error& error) {
        EXPECT_EQ(error.code(), core::ExitCode::input);
        // A dry run must find the same, in the same order.
        try {
            test::survey_alone(request);
            ADD_FAILURE() << "the survey finds nothing";
        } catch (const core::InputError& surveyed) {
            EXPECT_EQ(surveyed.problems(), error.problems());
        }
        return error.problems();
    }
    return {};
}

/// One way to spoil an input of two good pairs, "a_fmri" and "b_fmri", and what must be said.
struct Defect {
    std::string name;
    std::function<void(const Workspace&, Request&)> spoil;
    std::string file;    ///< named by the problem
    std::string reason;  ///< contained in the problem
};

void PrintTo(const Defect& defect, std::ostream* stream) { *stream << defect.name; }

void truncate(const test::fs::path& file) {
    test::fs::resize_file(file, test::fs::file_size(file) / 2);
}

/// Replaces the volume of a pair.
void set_volume(const Workspace& workspace, const std::string& stem,
                const std::function<void(core::Volume&)>& change) {
    Scan scan = make_scan({30, 24, 7}, 9);
    change(scan.volume);
    workspace.add(stem, scan);
}

void set_mask(const Workspace& workspace, const std::string& stem,
              const std::function<void(core::Volume&)>& change) {
    Scan scan = make_scan({30, 24, 7}, 9);
    change(scan.mask);
    workspace.add(stem, scan);
}

const std::vector<Defect> defects{
    {"truncated_volume",
     [](const Workspace& w, Request&) { truncate(w.data() / "b_fmri_data.nii"); },
     "b_fmri_data.nii", "bytes"},
    {"truncated_mask",
     [](const Workspace& w, Request&) { truncate(w.masks() / "b_fmri_mask.nii"); },
     "b_fmri_mask.nii", "bytes"},
    {"no_nifti",
     [](const Workspace& w, Request&) {
         std::ofstream(w.data() / "b_fmri_data.nii") << std::string(5000, 'x');
     },
     "b_fmri_data.nii", "NIfTI"},
    {"empty_file",
     [](const Workspace& w, Request&) { std::ofstream(w.data() / "b_fmri_data.nii").flush(); },
     "b_fmri_data.nii", ""},
    {"dangling_link",
     [](const Workspace& w, Request&) {
         test::fs::remove(w.data() / "b_fmri_data.nii");
         test::fs::create_symlink("nowhere", w.data() / "b_fmri_data.nii");
     },
     "b_fmri_data.nii", ""},
    {"nan_voxel",
     [](const Workspace& w, Request&) {
         set_volume(w, "b_fmri", [](core::Volume& volume) {
             volume.voxels[7] = std::numeric_limits<float>::quiet_NaN();
         });
     },
     "b_fmri_data.nii", "NaN"},
    {"infinite_voxel",
     [](const Workspace& w, Request&) {
         set_volume(w, "b_fmri", [](core::Volume& volume) {
             volume.voxels[7] = std::numeric_limits<float>::infinity();
         });
     },
     "b_fmri_data.nii", "infinite"},
    {"constant_volume",
     [](const Workspace& w, Request&) {
         set_volume(w, "b_fmri",
                    [](core::Volume& volume) { std::ranges::fill(volume.voxels, 4.0F); });
     },
     "b_fmri_data.nii", "all its voxels are 4.0"},
    {"nan_in_mask",
     [](const Workspace& w, Request&) {
         core::Volume mask = make_scan({30, 24, 7}, 9).mask;
         mask.voxels[11] = std::numeric_limits<float>::quiet_NaN();
         io::write_volume(w.masks() / "b_fmri_mask.nii", mask);
         io::write_volume(w.data() / "b_fmri_data.nii", make_scan({30, 24, 7}, 9).volume);
     },
     "b_fmri_mask.nii", "1 voxel that is NaN"},
    {"nan_in_compressed_volume",
     [](const Workspace& w, Request&) {
         core::Volume volume = make_scan({30, 24, 7}, 9).volume;
         volume.voxels.back() = std::numeric_limits<float>::infinity();
         test::fs::remove(w.data() / "b_fmri_data.nii");
         io::write_volume(w.data() / "b_fmri_data.nii.gz", volume);
         io::write_volume(w.masks() / "b_fmri_mask.nii", make_scan({30, 24, 7}, 9).mask);
     },
     "b_fmri_data.nii.gz", "1 voxel that is NaN"},
    {"labels_in_mask",
     [](const Workspace& w, Request&) {
         set_mask(w, "b_fmri", [](core::Volume& mask) { mask.voxels[3] = 7; });
     },
     "b_fmri_mask.nii", "7"},
    {"sizes_differ",
     [](const Workspace& w, Request&) {
         Scan scan = make_scan({30, 24, 7}, 9);
         scan.mask = make_scan({30, 24, 8}, 9).mask;
         w.add("b_fmri", scan);
     },
     "b_fmri_mask.nii", "30x24x7 against 30x24x8"},
    {"no_slice",
     [](const Workspace& w, Request&) {
         w.add("b_fmri", make_scan({30, 24, 2}, 9));
     },
     "b_fmri_data.nii", "yields no slice"},
    {"too_large",
     [](const Workspace& w, Request& request) {
         w.add("b_fmri", make_scan({30, 24, 7}, 9, {50, 50, 1}));
         request.preprocess.target_size.reset();
         request.preprocess.horizontal_interpolation_spacing = 0.1;
         request.preprocess.interlayer_interpolation_spacing = 1;
     },
     "b_fmri_data.nii", "-ts"},
    {"smaller_than_fixed_patch",
     [](const Workspace&, Request& request) {
         request.patches.use_frac_patch = false;
         request.patch_dimensions = {16, 32};
     },
     "b_fmri_data.nii", "patch_dimensions 32"},
    {"unknown_modality",
     [](const Workspace& w, Request&) {
         test::fs::rename(w.data() / "b_fmri_data.nii", w.data() / "b_t2_data.nii");
         test::fs::rename(w.masks() / "b_fmri_mask.nii", w.masks() / "b_t2_mask.nii");
     },
     "b_t2_mask.nii", "modality"},
    {"counts_differ",
     [](const Workspace& w, Request&) { test::fs::remove(w.masks() / "b_fmri_mask.nii"); },
     "b_fmri_data.nii", "2 volumes but -mpath 1 masks"},
    {"missing_folder", [](const Workspace& w, Request&) { test::fs::remove_all(w.masks()); },
     "masks", "does not exist"},
    {"empty_folder",
     [](const Workspace& w, Request&) {
         test::fs::remove_all(w.masks());
         test::fs::create_directory(w.masks());
     },
     "masks", "is empty"},
};

class BadInput : public testing::TestWithParam<Defect> {};

TEST_P(BadInput, IsOneProblemThatNamesTheFile) {
    const Workspace workspace;
    workspace.add("a_fmri", 1);
    workspace.add("b_fmri", 2);
    Request request = workspace.request();
    request.split.validation_split = 0;
    GetParam().spoil(workspace, request);
    const auto problems = problems_of(request);
    ASSERT_THAT(problems,
                Contains(AllOf(HasSubstr(GetParam().file), HasSubstr(GetParam().reason))));
    EXPECT_EQ(problems.size(), 1U) << core::join(problems, "\n");
    for (const std::string& problem : problems) {
        EXPECT_EQ(problem.find('\n'), std::string::npos) << "a problem is one line";
    }
}

INSTANTIATE_TEST_SUITE_P(Table, BadInput, testing::ValuesIn(defects),
                         [](const auto& which) { return which.param.name; });

TEST(BadInput, AllBadFilesAreListedAtOnceInTheOrderOfThePairs) {
    const Workspace workspace;
    for (const char* stem : {"a_fmri", "b_fmri", "c_fmri", "d_fmri", "e_fmri"}) {
        workspace.add(stem, 3);
    }
    truncate(workspace.data() / "e_fmri_data.nii");
    set_volume(workspace, "a_fmri",
               [](core::Volume& volume) { std::ranges::fill(volume.voxels, 1.0F); });
    set_mask(workspace, "c_fmri", [](core::Volume& mask) { mask.voxels[0] = 2; });
    truncate(workspace.masks() / "d_fmri_mask.nii");
    EXPECT_THAT(problems_of(workspace.request()),
                ElementsAre(HasSubstr("a_fmri_data.nii"), HasSubstr("c_fmri_mask.nii"),
                            HasSubstr("d_fmri_mask.nii"), HasSubstr("e_fmri_data.nii")));
}

TEST(BadInput, ABadHeaderDoesNotHideWhatIsWrongWithTheOtherFile) {
    const Workspace workspace;
    for (const char* stem : {"a_fmri", "b_fmri", "c_fmri"}) workspace.add(stem, 3);
    set_mask(workspace, "a_fmri", [](core::Volume& mask) { mask.voxels[0] = 2; });
    std::ofstream(workspace.data() / "a_fmri_data.nii") << std::string(5000, 'x');
    // Sizes that differ, too.
    Scan scan = make_scan({30, 24, 7}, 9);
    scan.volume = make_scan({30, 26, 7}, 9).volume;
    std::ranges::fill(scan.volume.voxels, 1.0F);
    workspace.add("b_fmri", scan);
    EXPECT_THAT(problems_of(workspace.request()),
                ElementsAre(HasSubstr("a_fmri_data.nii"), HasSubstr("a_fmri_mask.nii"),
                            HasSubstr("differ in size"), HasSubstr("b_fmri_data.nii")));
}

TEST(BadInput, WrongNamesDoNotHideBadFiles) {
    const Workspace workspace;
    for (const char* stem : {"a_fmri", "b_fmri", "c_fmri"}) workspace.add(stem, 3);
    test::fs::remove(workspace.masks() / "b_fmri_mask.nii");
    truncate(workspace.data() / "a_fmri_data.nii");
    set_volume(workspace, "c_fmri",
               [](core::Volume& volume) { std::ranges::fill(volume.voxels, 1.0F); });
    EXPECT_THAT(problems_of(workspace.request()),
                ElementsAre(HasSubstr("3 volumes but"), HasSubstr("a_fmri_data.nii"),
                            HasSubstr("c_fmri_data.nii")));
}

TEST(BadInput, ExchangedFoldersAreOneProblem) {
    const Workspace workspace;
    for (const char* stem : {"a_fmri", "b_fmri", "c_fmri"}) workspace.add(stem, 3);
    Request request = workspace.request();
    std::swap(request.folders.training_data_path, request.folders.mask_data_path);
    const auto exchanged = "-tpath '" + workspace.masks().string() + "' holds masks and -mpath '" +
                           workspace.data().string() + "' scans: exchange the two";
    EXPECT_THAT(problems_of(request), ElementsAre(exchanged));
    // Also where names or other files are wrong.
    truncate(workspace.masks() / "a_fmri_mask.nii");
    truncate(workspace.data() / "b_fmri_data.nii");
    EXPECT_THAT(problems_of(request), ElementsAre(exchanged));
    test::fs::remove(workspace.masks() / "a_fmri_mask.nii");
    EXPECT_THAT(problems_of(request), ElementsAre(exchanged));
    // Scans in both folders are not exchanged.
    workspace.add("a_fmri", 3);
    workspace.add("b_fmri", 3);
    set_mask(workspace, "c_fmri", [](core::Volume& mask) { mask.voxels[0] = 2; });
    EXPECT_THAT(problems_of(request), SizeIs(3));
}

TEST(BadInput, BothFoldersMissingAreTwoProblems) {
    Request request;
    request.folders.training_data_path = "/nonexistent/data";
    request.folders.mask_data_path = "/nonexistent/masks";
    EXPECT_THAT(problems_of(request), ElementsAre(HasSubstr("-tpath"), HasSubstr("-mpath")));
}

/// Warnings of a run, which must succeed.
std::vector<std::string> warnings_of(const Request& request) {
    return msunet::test::warnings_of([&] { static_cast<void>(test::prepare_alone(request)); });
}

class Warnings : public testing::Test {
protected:
    Warnings() {
        workspace_.add("a_fmri", 1);
        workspace_.add("b_fmri", 2);
        request_ = workspace_.request();
        request_.split.validation_split = 0.5;
    }
    Workspace workspace_;
    Request request_;
};

TEST_F(Warnings, AreNoneForGoodInput) { EXPECT_THAT(warnings_of(request_), IsEmpty()); }

TEST_F(Warnings, NameSkippedFilesInOneLine) {
    std::ofstream(workspace_.data() / ".DS_Store").flush();
    std::ofstream(workspace_.masks() / "notes.txt").flush();
    EXPECT_THAT(warnings_of(request_),
                ElementsAre(AllOf(HasSubstr(".DS_Store"), HasSubstr("notes.txt"))));
}

TEST_F(Warnings, NameAnEmptyMask) {
    set_mask(workspace_, "b_fmri",
             [](core::Volume& mask) { std::ranges::fill(mask.voxels, 0.0F); });
    EXPECT_THAT(warnings_of(request_),
                ElementsAre(AllOf(HasSubstr("b_fmri_mask.nii"), HasSubstr("empty"))));
}

TEST_F(Warnings, NameAGeometryThatDiffers) {
    Scan scan = make_scan({30, 24, 7}, 9);
    scan.mask.spacing[0] += 5e-4;
    workspace_.add("b_fmri", scan);
    EXPECT_THAT(warnings_of(request_), IsEmpty());
    scan.mask.spacing[0] += 5e-3;
    workspace_.add("b_fmri", scan);
    EXPECT_THAT(
        warnings_of(request_),
        ElementsAre(AllOf(
            HasSubstr("b_fmri_mask.nii"),
            HasSubstr("its voxels are 0.2555 x 0.25 x 1 mm instead of 0.25 x 0.25 x 1), it"))));
}

TEST_F(Warnings, NameAMissingFrame) {
    const Scan scan = make_scan({30, 24, 7}, 9);
    io::write_frames(workspace_.data() / "b_fmri_data.nii",
                     std::vector<core::Volume>(3, scan.volume));
    io::write_volume(workspace_.masks() / "b_fmri_mask.nii", scan.mask, io::StoredAs::uint8);
    EXPECT_THAT(warnings_of(request_),
                ElementsAre(AllOf(HasSubstr("b_fmri_data.nii"), HasSubstr("3 frames"),
                                  HasSubstr("no frame 7"))));
    request_.preprocess.frame = 2;
    EXPECT_THAT(warnings_of(request_), IsEmpty());
}

TEST_F(Warnings, NameASplitWithoutValidation) {
    request_.split.validation_split = 0.2;
    EXPECT_THAT(warnings_of(request_), ElementsAre(HasSubstr("it takes 5 pairs")));
}

TEST_F(Warnings, AreSaidAgainWhenTheCacheIsRead) {
    set_mask(workspace_, "b_fmri",
             [](core::Volume& mask) { std::ranges::fill(mask.voxels, 0.0F); });
    request_.cache_folder = workspace_.cache();
    const auto first = warnings_of(request_);
    EXPECT_THAT(first, ElementsAre(HasSubstr("empty")));
    EXPECT_EQ(warnings_of(request_), first);
}

TEST(Usage, SizeAndSpacingExcludeEachOther) {
    const Workspace workspace;
    workspace.add("a_fmri", 1);
    Request request = workspace.request();
    request.preprocess.interlayer_interpolation_spacing = 0.5;
    EXPECT_THROW(test::prepare_alone(request), core::UsageError);
}

TEST(Usage, CopiesAreNeverWrittenToAnInputFolder) {
    const Workspace workspace;
    workspace.add("a_fmri", 1);
    Request request = workspace.request();
    request.augment.write_augmented = (workspace.masks() / "new").string();
    EXPECT_THROW(test::prepare_alone(request), core::UsageError);
    // Its folders data and masks are those of the input.
    request.augment.write_augmented = workspace.root().string();
    EXPECT_THROW(test::survey_alone(request), core::UsageError);
}

}  // namespace
}  // namespace msunet::prepare

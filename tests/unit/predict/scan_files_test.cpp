// SPDX-License-Identifier: Apache-2.0
#include "msunet/predict/scan_files.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>

#include "msunet/core/error.hpp"
#include "msunet/core/file.hpp"
#include "msunet/predict/reference.hpp"

namespace msunet::predict {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

class ScanFiles : public testing::Test {
protected:
    void SetUp() override { fs::create_directories(root_); }
    void TearDown() override { fs::remove_all(root_); }

    std::string add(const std::string& name) const {
        fs::create_directories((root_ / name).parent_path());
        core::write_file_atomically(root_ / name, "", core::Durability::buffered);
        return at(name);
    }
    std::string at(const std::string& name) const { return (root_ / name).string(); }

    static std::vector<std::string> names(const std::vector<ScanFile>& scans) {
        std::vector<std::string> list;
        std::ranges::transform(scans, std::back_inserter(list), &ScanFile::name);
        return list;
    }

private:
    fs::path root_ = fs::path(testing::TempDir()) / ("scans_" + core::unique_suffix());
};

TEST_F(ScanFiles, OfAFolderOfMiceAreFoundInItsFolders) {
    add("set/mouse_2/dti/b.nii.gz");
    add("set/mouse_1/anatomical/b.nii");
    add("set/mouse_1/anatomical/a.nii");
    add("set/mouse_1/notes.txt");
    add("set/.hidden.nii");
    const auto list = find_scans({at("set")});
    EXPECT_THAT(names(list.scans), ElementsAre("mouse_1/anatomical/a.nii",
                                               "mouse_1/anatomical/b.nii", "mouse_2/dti/b.nii.gz"));
    EXPECT_THAT(list.skipped, ElementsAre(".hidden.nii", "mouse_1/notes.txt"));
}

TEST_F(ScanFiles, AreNotResultsOfAnEarlierPrediction) {
    for (const char* name : {"m1.nii.gz", "m1_mask.nii.gz", "m1_likelihood.nii.gz", "m1_brain.nii",
                             "done/m2_mask.nii", "done/m2_likelihood.nii", "done/m3_mask.nii"}) {
        add(std::string("set/") + name);
    }
    const auto list = find_scans({at("set")});
    EXPECT_THAT(names(list.scans), ElementsAre("m1.nii.gz", "done/m3_mask.nii"));
    EXPECT_THAT(list.results, ElementsAre("m1_brain.nii", "m1_likelihood.nii.gz", "m1_mask.nii.gz",
                                          "done/m2_likelihood.nii", "done/m2_mask.nii"));
    // What is named is a scan.
    EXPECT_EQ(find_scans({at("set/m1_brain.nii")}).scans.size(), 1U);
    EXPECT_THAT(names(find_masks(at("set"))),
                ElementsAre("m1_mask.nii.gz", "done/m2_mask.nii", "done/m3_mask.nii"));
    fs::remove(at("set/done/m3_mask.nii"));
    try {
        (void)find_scans({at("set/done")});
        FAIL() << "no error";
    } catch (const core::InputError& error) {
        EXPECT_THAT(error.what(), HasSubstr("holds only results of an earlier prediction"));
    }
}

TEST_F(ScanFiles, HaveTheModalityOfTheirNameOrNearestFolder) {
    const auto modality = [](const char* file, const char* folder) {
        return modality_of({.file = file, .folder = folder});
    };
    EXPECT_EQ(modality("in/m1/dti/scan.nii", "m1/dti"), core::Modality::dti);
    EXPECT_EQ(modality("in/m1/dti/scan_fmri.nii", "m1/dti"), core::Modality::fmri);
    EXPECT_EQ(modality("sub-1/func/scan.nii", ""), core::Modality::fmri);
    // No folder above INPUT counts.
    EXPECT_FALSE(modality("dti/in/m1/scan.nii", "m1").has_value());
}

TEST_F(ScanFiles, FollowLinksButNotInCircles) {
    add("far/a.nii");
    fs::create_directories(at("set"));
    fs::create_directory_symlink(at("far"), at("set/linked"));
    fs::create_directory_symlink(at("set"), at("far/back"));
    EXPECT_THAT(names(find_scans({at("set")}).scans), ElementsAre("linked/a.nii"));
}

TEST_F(ScanFiles, ThatAreNotThereAreNamedTogether) {
    add("text.txt");
    fs::create_directories(at("nothing"));
    try {
        (void)find_scans({at("gone"), at("text.txt"), at("nothing")});
        FAIL() << "no error";
    } catch (const core::InputError& error) {
        EXPECT_THAT(error.problems(),
                    ElementsAre(HasSubstr("does not exist"), HasSubstr("is no scan"),
                                HasSubstr("holds no .nii")));
    }
}

TEST_F(ScanFiles, OfManualMasksAreMissedAsSuch) {
    fs::create_directories(at("nothing"));
    add("text.txt");
    const auto message = [&](const std::string& folder) -> std::string {
        try {
            (void)find_masks(folder);
        } catch (const core::InputError& error) {
            return error.what();
        }
        return "no error";
    };
    constexpr const char* advice = ", give the folder that holds the manual masks";
    EXPECT_EQ(message(at("gone")), "--reference '" + at("gone") + "' does not exist" + advice);
    EXPECT_EQ(message(at("nothing")),
              "--reference '" + at("nothing") + "' holds no .nii or .nii.gz file" + advice);
    EXPECT_THAT(message(at("text.txt")), HasSubstr("is no mask"));
    EXPECT_EQ(message(""), std::string("--reference is empty") + advice);
}

TEST_F(ScanFiles, HaveResultsInTheSameTree) {
    const ScanFile scan{.file = "in/m1/a.nii.gz", .folder = "m1"};
    PredictOptions options;
    options.output = "out";
    EXPECT_EQ(outputs_of(scan, options).mask, "out/m1/a_mask.nii.gz");
    EXPECT_FALSE(outputs_of(scan, options).brain);
    options.format = ResultFormat::nii;
    options.brain = true;
    EXPECT_EQ(outputs_of(scan, options).likelihood, "out/m1/a_likelihood.nii");
    EXPECT_EQ(outputs_of(scan, options).brain, "out/m1/a_brain.nii");
}

TEST_F(ScanFiles, AreNeverReplacedByResults) {
    add("set/a.nii");
    PredictOptions options;
    options.input = {at("set")};
    options.output = at("set/results");
    EXPECT_THROW(check_outputs(find_scans(options.input).scans, options), core::UsageError);
    options.output = at("results");
    EXPECT_NO_THROW(check_outputs(find_scans(options.input).scans, options));

    options.reference = at("results");
    EXPECT_THROW(check_outputs(find_scans(options.input).scans, options), core::UsageError);
    options.reference.reset();
    options.qc = at("set/look.html");
    EXPECT_THROW(check_outputs(find_scans(options.input).scans, options), core::UsageError);
    options.qc.reset();

    options.input = {at("set/a.nii"), add("set/a_mask.nii")};
    options.output = at("set");
    try {
        check_outputs(find_scans(options.input).scans, options);
        FAIL() << "no error";
    } catch (const core::UsageError& error) {
        EXPECT_THAT(error.problems(), ElementsAre(HasSubstr("would replace an input")));
    }
}

TEST_F(ScanFiles, AreNeverJoinedByResultsOfScansInOtherFolders) {
    add("all/mouse_1/a.nii");
    add("mouse_1/b.nii");
    PredictOptions options;
    options.input = {at("all"), at("mouse_1")};
    options.output = at("");
    try {
        check_outputs(find_scans(options.input).scans, options);
        FAIL() << "no error";
    } catch (const core::UsageError& error) {
        EXPECT_THAT(error.problems(), ElementsAre(HasSubstr("would write to")));
    }
}

TEST_F(ScanFiles, OfOneNameInTwoFoldersAreRefused) {
    PredictOptions options;
    options.input = {add("one/a.nii"), add("two/a.nii")};
    options.output = at("results");
    EXPECT_THROW(check_outputs(find_scans(options.input).scans, options), core::UsageError);
    options.input = {at("one/a.nii"), add("two/a.nii.gz")};
    options.output = at("results");
    EXPECT_NO_THROW(check_outputs(find_scans(options.input).scans, options));
    options.format = ResultFormat::nii;
    EXPECT_THROW(check_outputs(find_scans(options.input).scans, options), core::UsageError);
}

TEST_F(ScanFiles, ArePairedWithMasksFolderByFolder) {
    add("set/m1/x_dti_data.nii");
    add("set/m2/x_dti_data.nii");
    add("masks/m2/x_dti_mask.nii");
    add("masks/m1/x_dti_mask.nii");
    const auto references = pair_references(find_scans({at("set")}).scans, at("masks"));
    ASSERT_EQ(references.of_scan.size(), 2U);
    EXPECT_EQ(references.of_scan[0], at("masks/m1/x_dti_mask.nii"));
    EXPECT_EQ(references.of_scan[1], at("masks/m2/x_dti_mask.nii"));
}

TEST_F(ScanFiles, ArePairedByNameWhereTheMasksLieTogether) {
    add("masks/a_fmri_mask.nii");
    add("masks/b_mask.nii");  // no modality is needed
    const std::vector<ScanFile> scans{{.file = add("z/b.nii"), .folder = {}},
                                      {.file = add("y/a_fmri.nii"), .folder = {}}};
    const auto references = pair_references(scans, at("masks"));
    EXPECT_EQ(references.of_scan[0], at("masks/b_mask.nii"));
}

TEST_F(ScanFiles, WithoutAMaskEachAreAProblemThatNamesTheFolder) {
    add("masks/a_fmri_mask.nii");
    const std::vector<ScanFile> scans{{.file = add("a_fmri.nii"), .folder = {}},
                                      {.file = add("b_fmri.nii"), .folder = {}}};
    try {
        (void)pair_references(scans, at("masks"));
        FAIL() << "no error";
    } catch (const core::InputError& error) {
        EXPECT_THAT(error.what(), HasSubstr("INPUT holds 2 volumes but --reference"));
    }
}

}  // namespace
}  // namespace msunet::predict

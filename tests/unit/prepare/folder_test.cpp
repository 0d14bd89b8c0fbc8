// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "msunet/core/error.hpp"
#include "workspace.hpp"

namespace msunet::prepare {
namespace {

using test::fs::path;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

void touch(const path& file) { std::ofstream(file).put('\n'); }

std::string problem_of(const path& folder) {
    try {
        static_cast<void>(list_folder(folder, "-tpath"));
    } catch (const core::InputError& error) {
        return error.what();
    }
    return "";
}

TEST(Folder, ListsNiftiFilesInByteOrderAndSkipsTheRest) {
    const test::Workspace workspace;
    for (const char* name : {"b.nii", "a10.nii", "a1.nii.gz", "B.nii", "a_.nii", "notes.txt",
                             ".hidden.nii", ".DS_Store"}) {
        touch(workspace.data() / name);
    }
    test::fs::create_directory(workspace.data() / "old.nii");
    const Folder folder = list_folder(workspace.data().string() + "/", "-tpath");
    EXPECT_THAT(folder.files, ElementsAre("B.nii", "a1.nii.gz", "a10.nii", "a_.nii", "b.nii"));
    EXPECT_THAT(folder.skipped, ElementsAre(".DS_Store", ".hidden.nii", "notes.txt", "old.nii/"));
}

TEST(Folder, SaysWhatIsWrong) {
    const test::Workspace workspace;
    EXPECT_THAT(problem_of(workspace.root() / "nowhere"),
                AllOf(HasSubstr("-tpath"), HasSubstr("nowhere"), HasSubstr("does not exist")));
    EXPECT_THAT(problem_of(""), HasSubstr("does not exist"));
    // It may be a folder of masks.
    EXPECT_THAT(problem_of("nowhere"), Not(HasSubstr("scans")));
    EXPECT_THAT(problem_of(workspace.data()), HasSubstr("is empty"));
    touch(workspace.data() / "a.txt");
    EXPECT_THAT(problem_of(workspace.data()), HasSubstr("holds no .nii"));
    EXPECT_THAT(problem_of(workspace.data() / "a.txt"), HasSubstr("is no folder"));
}

}  // namespace
}  // namespace msunet::prepare

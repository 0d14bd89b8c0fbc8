// SPDX-License-Identifier: Apache-2.0
#include "msunet/core/try_folder.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <fstream>
#include <string>

#include "msunet/core/file.hpp"

namespace msunet::core {
namespace {

namespace fs = std::filesystem;

class TryFolder : public testing::Test {
protected:
    fs::path folder_ = fs::path(testing::TempDir()) / ("folder_" + unique_suffix());

    void SetUp() override { fs::create_directories(folder_); }
    void TearDown() override { fs::remove_all(folder_); }

    /// errno of the refusal; 0 where there is none.
    static int problem_with(const fs::path& path) {
        try {
            try_folder(path, ExitCode::usage);
            return 0;
        } catch (const FileError& error) {
            EXPECT_EQ(error.code(), ExitCode::usage);
            EXPECT_EQ(error.path(), path);
            return error.error_number();
        }
    }
};

TEST_F(TryFolder, LeavesNothing) {
    EXPECT_EQ(problem_with(folder_), 0);
    EXPECT_EQ(problem_with(folder_ / "a" / "b"), 0);
    EXPECT_EQ(problem_with(folder_ / "a" / ".." / "b" / ""), 0);
    EXPECT_TRUE(fs::is_empty(folder_));
}

TEST_F(TryFolder, KeepsWhatIsThere) {
    std::ofstream(folder_ / "mine") << "x";
    EXPECT_EQ(problem_with(folder_), 0);
    EXPECT_EQ(read_file(folder_ / "mine"), "x");
}

TEST_F(TryFolder, RefusesWhatCannotBeMade) {
    std::ofstream(folder_ / "file") << "x";
    fs::create_symlink(folder_ / "nowhere", folder_ / "link");
    const std::string too_long(300, 'x');
    for (const fs::path& path : {folder_ / "file", folder_ / "file" / "below", folder_ / "link",
                                 folder_ / "link" / "below", folder_ / too_long,
                                 folder_ / "a" / too_long, fs::path("/proc/nothing/below")}) {
        EXPECT_NE(problem_with(path), 0) << path;
        EXPECT_THROW(make_directories(path), FileError) << path;
    }
    EXPECT_EQ(problem_with(folder_ / "file"), ENOTDIR);
    EXPECT_EQ(problem_with(folder_ / too_long), ENAMETOOLONG);
    EXPECT_EQ(problem_with("/proc/nothing"), ENOENT);
}

}  // namespace
}  // namespace msunet::core

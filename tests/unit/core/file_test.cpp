// SPDX-License-Identifier: Apache-2.0
#include "msunet/core/file.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <set>

namespace msunet::core {
namespace {

namespace fs = std::filesystem;

class FileTest : public testing::Test {
protected:
    fs::path folder = fs::path(testing::TempDir()) / ("file_" + unique_suffix());

    void SetUp() override { fs::create_directories(folder); }
    void TearDown() override { fs::remove_all(folder); }

    [[nodiscard]] std::size_t files_in_folder() const {
        return static_cast<std::size_t>(
            std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
    }
};

TEST_F(FileTest, WritesAndReadsBytes) {
    const std::string text("a\0b\n", 4);
    write_file_atomically(folder / "x", text);
    EXPECT_EQ(read_file(folder / "x"), text);
    write_file_atomically(folder / "x", std::string_view("new"), Durability::buffered);
    EXPECT_EQ(read_file(folder / "x"), "new");
    EXPECT_EQ(files_in_folder(), 1U);
}

TEST_F(FileTest, NothingAppearsWithoutCommit) {
    {
        AtomicFile file(folder / "x");
        file.write("half");
        EXPECT_FALSE(fs::exists(folder / "x"));
        EXPECT_EQ(file.temporary_path().parent_path(), folder);
    }
    EXPECT_EQ(files_in_folder(), 0U);
}

TEST_F(FileTest, AnOldFileStaysUntilCommit) {
    write_file_atomically(folder / "x", std::string_view("old"));
    AtomicFile file(folder / "x");
    file.write("new");
    EXPECT_EQ(read_file(folder / "x"), "old");
    file.commit();
    EXPECT_EQ(read_file(folder / "x"), "new");
}

TEST_F(FileTest, ALibraryMayReplaceTheTemporaryFile) {
    AtomicFile file(folder / "x");
    fs::remove(file.temporary_path());
    std::ofstream(file.temporary_path()) << "library";
    file.commit();
    EXPECT_EQ(read_file(folder / "x"), "library");
}

TEST_F(FileTest, MovedFromFilesOwnNothing) {
    AtomicFile first(folder / "x");
    AtomicFile second(std::move(first));
    second.write("moved");
    second.commit();
    EXPECT_EQ(read_file(folder / "x"), "moved");
}

TEST_F(FileTest, ErrorsCarryPathAndErrno) {
    try {
        write_file_atomically(folder / "none" / "x", std::string_view("a"));
        FAIL();
    } catch (const FileError& error) {
        EXPECT_EQ(error.error_number(), ENOENT);
        EXPECT_EQ(error.path(), folder / "none" / "x");
        EXPECT_EQ(error.code(), ExitCode::failure);
    }
    EXPECT_THROW(static_cast<void>(read_file(folder / "none")), FileError);
    EXPECT_THROW(static_cast<void>(read_file(folder)), FileError);
    EXPECT_THROW(sync_path(folder / "none"), FileError);
}

TEST_F(FileTest, ExclusiveFoldersAreMadeOnce) {
    EXPECT_TRUE(make_directory_exclusive(folder / "a"));
    EXPECT_FALSE(make_directory_exclusive(folder / "a"));
    EXPECT_THROW(static_cast<void>(make_directory_exclusive(folder / "b" / "c")), FileError);
    make_directories(folder / "b" / "c");
    EXPECT_TRUE(fs::is_directory(folder / "b" / "c"));
    write_file_atomically(folder / "f", std::string_view(""));
    EXPECT_THROW(make_directories(folder / "f" / "g"), FileError);
}

TEST(UniqueSuffix, NeverRepeats) {
    std::set<std::string> seen;
    for (int i = 0; i < 100; ++i) EXPECT_TRUE(seen.insert(unique_suffix()).second);
}

}  // namespace
}  // namespace msunet::core

// SPDX-License-Identifier: Apache-2.0
#include "msunet/io/zip.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>
#include <iterator>
#include <vector>

#include "msunet/core/error.hpp"
#include "msunet/core/file.hpp"

namespace msunet::io {
namespace {

namespace fs = std::filesystem;

class ZipTest : public ::testing::Test {
protected:
    fs::path folder = fs::path(::testing::TempDir()) / ("zip_" + core::unique_suffix());

    void SetUp() override {
        fs::create_directories(folder);
        core::write_file_atomically(folder / "source", std::string(300000, 's'));
    }
    void TearDown() override { fs::remove_all(folder); }

    [[nodiscard]] std::vector<ZipMember> members() const {
        return {{"b.txt", "hello"},
                {"a.bin", std::string("\0\1\2", 3)},
                {"empty", ""},
                {"big", "", folder / "source"}};
    }
};

TEST_F(ZipTest, MembersComeBack) {
    write_zip(folder / "x.zip", members());
    const auto read = read_zip(folder / "x.zip");
    ASSERT_EQ(read.size(), 4U);
    EXPECT_EQ(read.at("b.txt"), "hello");
    EXPECT_EQ(read.at("a.bin"), std::string("\0\1\2", 3));
    EXPECT_EQ(read.at("empty"), "");
    EXPECT_EQ(read.at("big"), std::string(300000, 's'));
    EXPECT_LT(fs::file_size(folder / "x.zip"), 5000U);
    // The archive and its source, nothing temporary.
    EXPECT_EQ(std::distance(fs::directory_iterator(folder), fs::directory_iterator()), 2);
}

TEST_F(ZipTest, TheSameContentIsTheSameBytesInAnyZone) {
    write_zip(folder / "x.zip", members());
    ::setenv("TZ", "Asia/Tokyo", 1);
    ::tzset();
    write_zip(folder / "y.zip", members());
    ::unsetenv("TZ");
    ::tzset();
    EXPECT_EQ(core::read_file(folder / "x.zip"), core::read_file(folder / "y.zip"));
}

TEST_F(ZipTest, WhatCantBeWrittenIsAnErrorAndLeavesNothing) {
    EXPECT_THROW(write_zip(folder / "none" / "x.zip", members()), core::FileError);
    const std::vector<ZipMember> missing{{"m", "", folder / "missing"}};
    EXPECT_THROW(write_zip(folder / "x.zip", missing), core::Error);
    EXPECT_EQ(std::distance(fs::directory_iterator(folder), fs::directory_iterator()), 1);
}

TEST_F(ZipTest, DamageIsAnError) {
    write_zip(folder / "x.zip", members());
    const std::string good = core::read_file(folder / "x.zip");
    EXPECT_THROW(static_cast<void>(read_zip(folder / "missing")), core::InputError);
    EXPECT_THROW(static_cast<void>(read_zip(folder / "source")), core::InputError);
    core::write_file_atomically(folder / "cut", good.substr(0, good.size() / 2));
    EXPECT_THROW(static_cast<void>(read_zip(folder / "cut")), core::InputError);
    // A flipped bit in the first member's data, behind its 30-byte header and 5-byte name.
    std::string flipped = good;
    flipped[37] = static_cast<char>(flipped[37] ^ 0x10);
    core::write_file_atomically(folder / "flipped", flipped);
    EXPECT_THROW(static_cast<void>(read_zip(folder / "flipped")), core::InputError);
}

}  // namespace
}  // namespace msunet::io

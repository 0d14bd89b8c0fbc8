// SPDX-License-Identifier: Apache-2.0
#include "msunet/core/inside.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "msunet/core/file.hpp"

namespace msunet::core {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// A folder with the folders "data" and "masks", and a link to the former.
class Inside : public testing::Test {
protected:
    void SetUp() override {
        fs::create_directories(data_);
        fs::create_directories(root_ / "masks");
        fs::create_directory_symlink(data_, root_ / "link");
    }
    void TearDown() override { fs::remove_all(root_); }

    std::string problem(const fs::path& named, const fs::path& written) const {
        const std::vector<std::string> inputs{"", data_.string(), (root_ / "masks").string()};
        return text_of(output_in_input("-o", named, written, inputs).value_or(Problem{}));
    }

    const fs::path root_ = fs::path(testing::TempDir()) / ("inside_" + unique_suffix());
    const fs::path data_ = root_ / "data";
};

TEST_F(Inside, ResolvesLinksAndDots) {
    EXPECT_TRUE(is_inside(data_, data_));
    EXPECT_TRUE(is_inside(data_.string() + "/", data_));
    EXPECT_TRUE(is_inside(data_ / "new" / "er", data_.string() + "/"));
    EXPECT_TRUE(is_inside(root_ / "link" / "x", data_));
    EXPECT_TRUE(is_inside(data_ / ".." / "data" / "x", data_));
    EXPECT_FALSE(is_inside(root_, data_));
    EXPECT_FALSE(is_inside(data_ / ".." / "x", data_));
    EXPECT_FALSE(is_inside(root_ / "data2", data_));
}

TEST_F(Inside, OutputInAnInputFolderIsAProblemThatNamesBoth) {
    EXPECT_EQ(problem(root_, root_), "");
    EXPECT_EQ(problem(root_, root_ / "data2"), "");
    EXPECT_THAT(problem(root_ / "link", root_ / "link"),
                AllOf(HasSubstr("-o '" + (root_ / "link").string() + "' lies in"),
                      HasSubstr(data_.string()), Not(HasSubstr("would write"))));
    EXPECT_THAT(problem(root_, root_ / "masks"),
                HasSubstr("would write to '" + (root_ / "masks").string() + "'"));
}

}  // namespace
}  // namespace msunet::core

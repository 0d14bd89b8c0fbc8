// SPDX-License-Identifier: Apache-2.0
#include "msunet/io/csv.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <vector>

#include "msunet/core/file.hpp"
#include "support/csv.hpp"
#include "support/reference.hpp"

namespace msunet::io {
namespace {

TEST(Csv, WritesAsPandasDoes) {
    EXPECT_EQ(csv_row(std::vector<std::string>{"", "loss", "name"}), ",loss,name\n");
    EXPECT_EQ(csv_row(std::vector<std::string>{"0", "0.5", ""}), "0,0.5,\n");
    EXPECT_EQ(csv_row(std::vector<std::string>{"1", "", "a,\"b\"\nc"}), "1,,\"a,\"\"b\"\"\nc\"\n");
    EXPECT_EQ(csv_row({}), "\n");
}

TEST(Csv, WritesTheReferenceExamplesAgain) {
    int files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(test::reference("talos"))) {
        const std::string name = entry.path().filename().string();
        if (entry.path().extension() != ".csv" || name.ends_with("_x.csv")) continue;
        // What pandas wrote comes back byte for byte.
        const test::CsvTable table = test::read_csv(entry.path());
        std::string text = csv_row(table.header);
        for (const auto& row : table.rows) text += csv_row(row);
        EXPECT_EQ(text, core::read_file(entry.path())) << name;
        ++files;
    }
    EXPECT_GE(files, 5);
}

}  // namespace
}  // namespace msunet::io

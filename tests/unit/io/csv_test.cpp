// SPDX-License-Identifier: Apache-2.0
#include "msunet/io/csv.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "msunet/core/error.hpp"
#include "msunet/core/file.hpp"

namespace msunet::io {
namespace {

TEST(Csv, WritesAsPandasDoes) {
    const CsvTable table{{"", "loss", "name"}, {{"0", "0.5", ""}, {"1", "", "a,\"b\"\nc"}}};
    EXPECT_EQ(csv_text(table), ",loss,name\n0,0.5,\n1,,\"a,\"\"b\"\"\nc\"\n");
    EXPECT_EQ(parse_csv(csv_text(table), "t"), table);
}

TEST(Csv, ReadsWindowsLinesAndAMissingLastLineEnd) {
    const CsvTable expected{{"a", "b"}, {{"1", "2"}, {"3", "4"}}};
    EXPECT_EQ(parse_csv("a,b\r\n1,2\r\n3,4", "t"), expected);
}

TEST(Csv, NamesTheLineOfAProblem) {
    const auto problem = [](std::string_view text) -> std::string {
        try {
            static_cast<void>(parse_csv(text, "t.csv"));
        } catch (const core::InputError& error) {
            return error.what();
        }
        return "";
    };
    EXPECT_EQ(problem("a,b\n1,2\n3\n"),
              "'t.csv', line 3: not a CSV table (1 cells where the header has 2)");
    EXPECT_EQ(problem("a,b\n1,\"2\n"), "'t.csv', line 2: not a CSV table (a quote is not closed)");
    EXPECT_EQ(problem("a,b\n1,\"2\"x\n"),
              "'t.csv', line 2: not a CSV table (text after a closing quote)");
    EXPECT_EQ(problem(""), "'t.csv', line 1: not a CSV table (it is empty)");
    EXPECT_NE(problem("a\n\"x\ny\"\n1,2\n").find("line 4"), std::string::npos);
}

TEST(Csv, ReadsTheReferenceExamples) {
    const std::filesystem::path folder =
        std::filesystem::path(MSUNET_SHARED_DIR) / "reference" / "examples";
    if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no reference files in " << folder;
    int files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        const std::string name = entry.path().filename().string();
        if (entry.path().extension() != ".csv" || name.ends_with("_x.csv")) continue;
        // What pandas wrote comes back byte for byte.
        EXPECT_EQ(csv_text(read_csv(entry.path())), core::read_file(entry.path())) << name;
        ++files;
    }
    EXPECT_GE(files, 5);
}

}  // namespace
}  // namespace msunet::io

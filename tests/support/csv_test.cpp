// SPDX-License-Identifier: Apache-2.0
#include "support/csv.hpp"

#include <gtest/gtest.h>

#include "msunet/core/error.hpp"

namespace msunet::test {
namespace {

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

}  // namespace
}  // namespace msunet::test

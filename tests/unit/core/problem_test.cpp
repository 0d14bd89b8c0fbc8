// SPDX-License-Identifier: Apache-2.0
#include "msunet/core/problem.hpp"

#include <gtest/gtest.h>

namespace msunet::core {
namespace {

TEST(Problem, OfAnOptionNamesItsValue) {
    EXPECT_EQ(text_of({.option = "--precision", .got = "tf32", .expected = "float32"}),
              "'--precision' is 'tf32', allowed is float32");
    EXPECT_EQ(text_of({.option = "--round_limit",
                       .got = "2000000",
                       .problem = "is more than a sweep tries",
                       .why = "1,000,000",
                       .advice = "lower it"}),
              "--round_limit 2000000 is more than a sweep tries (1,000,000), lower it");
    EXPECT_EQ(text_of({.option = "--metric", .got = "dice", .problem = "is not a metric"}),
              "--metric 'dice' is not a metric");
    EXPECT_EQ(text_of({.option = "-o", .problem = "is missing"}), "-o is missing");
    EXPECT_EQ(text_of({.option = "--extend", .got = "True", .problem = "needs a folder"}),
              "--extend True needs a folder");
    EXPECT_EQ(text_of({.option = "-tpath", .path = "2024", .got = "2024", .problem = "is empty"}),
              "-tpath '2024' is empty")
        << "a path is quoted, though it reads as a number";
}

TEST(Problem, OfAKeyNamesItsKindAndFile) {
    EXPECT_EQ(text_of({.key = "owner.pid", .expected = "an integer"}),
              "'owner.pid' is not an integer");
    EXPECT_EQ(text_of({.path = "a.h5", .kind = "array", .key = "x", .problem = "is missing"}),
              "array 'x' of file 'a.h5' is missing");
    EXPECT_EQ(text_of({.kind = "hyperparameter",
                       .key = "losses",
                       .got = "x",
                       .expected = "mse",
                       .why = "which can't be used",
                       .advice = "did you mean 'mse'?"}),
              "hyperparameter 'losses' is 'x' (which can't be used), allowed is mse, did you mean "
              "'mse'?");
}

TEST(Problem, OfAPathMayBeSaidByItsKindAlone) {
    EXPECT_EQ(text_of({.path = "a", .kind = "folder", .problem = "exists"}), "folder 'a' exists");
    EXPECT_EQ(text_of({.path = "a", .kind = "can't read", .why = "no such file"}),
              "can't read 'a' (no such file)");
}

TEST(Problem, WithoutSubjectIsASentence) {
    EXPECT_EQ(text_of({.problem = "a step failed", .why = "no memory"}),
              "a step failed (no memory)");
    EXPECT_EQ(text_of({.got = "2", .expected = "[0,1)"}), "is '2', allowed is [0,1)");
    EXPECT_EQ(text_of({.place = "a.yaml, line 3", .problem = "not YAML"}),
              "a.yaml, line 3: not YAML");
}

TEST(Problem, KeepsThePunctuationThatItsPartsBeginWith) {
    EXPECT_EQ(text_of({.option = "--shard",
                       .got = "3/9",
                       .problem = ": the sweep has only 2 permutations",
                       .advice = "; use fewer"}),
              "--shard '3/9': the sweep has only 2 permutations; use fewer");
    EXPECT_EQ(text_of({.key = "lrr", .problem = "is unknown", .advice = ", did you mean 'lr'?"}),
              "'lrr' is unknown, did you mean 'lr'?");
}

}  // namespace
}  // namespace msunet::core

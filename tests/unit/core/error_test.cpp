// SPDX-License-Identifier: Apache-2.0
#include "msunet/core/error.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

#include "msunet/core/failure.hpp"
#include "msunet/core/failure_text.hpp"
#include "msunet/core/file.hpp"

namespace msunet::core {
namespace {

TEST(FailureText, IsOneLineThatSaysEverything) {
    EXPECT_EQ(failure_text(std::bad_alloc()), "out of memory");
    EXPECT_EQ(failure_text(std::runtime_error("first\nstack trace")), "first");
    EXPECT_EQ(failure_text(std::runtime_error("itkImage.hxx:33:\nITK ERROR: bad\nmore")),
              "itkImage.hxx:33: ITK ERROR: bad");
    EXPECT_EQ(failure_text(std::runtime_error("open:")), "open:");
    EXPECT_EQ(failure_text(std::runtime_error("")), "unknown failure");
    EXPECT_EQ(failure_text(UsageError(std::vector<std::string>{"one", "two"})), "one; two");
}

TEST(FailureText, OfTooLittleMemoryIsKnown) {
    EXPECT_TRUE(is_memory_failure(failure_text(std::bad_alloc())));
    EXPECT_TRUE(is_memory_failure("CUDA out of memory. Tried to allocate 20.00 GiB"));
    EXPECT_TRUE(is_memory_failure("CUDA error: out of memory"));
    EXPECT_TRUE(is_memory_failure("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling"));
    EXPECT_FALSE(is_memory_failure("CUDA error: operation not permitted when stream is capturing"));
}

TEST(FailureOf, KeepsTheCodeAndTheProblemsOfAnError) {
    const auto known = failure_of(InputError(std::vector<std::string>{"one", "two"}));
    EXPECT_EQ(known.code, ExitCode::input);
    EXPECT_EQ(known.problems, (std::vector<Problem>{{.problem = "one"}, {.problem = "two"}}));
    const auto other = failure_of(std::runtime_error("first\nstack trace"));
    EXPECT_EQ(other.code, ExitCode::failure);
    EXPECT_EQ(other.problems, std::vector<Problem>{{.problem = "first"}});
}

TEST(Error, KeepsEveryProblemAndSaysThemOneALine) {
    const UsageError error(std::vector<std::string>{"first", "second"});
    EXPECT_STREQ(error.what(), "first\nsecond");
    EXPECT_EQ(error.problems().size(), 2U);
    EXPECT_EQ(error.code(), ExitCode::usage);
}

TEST(Error, CodesAreThoseOfTheContract) {
    EXPECT_EQ(static_cast<int>(UsageError("x").code()), 2);
    EXPECT_EQ(static_cast<int>(InputError("x").code()), 3);
    EXPECT_EQ(static_cast<int>(ExitCode::trials_failed), 4);
    EXPECT_EQ(static_cast<int>(ExitCode::stopped), 75);
}

TEST(Error, CarriesTheDataOfEveryProblem) {
    const UsageError one({.option = "--shard", .got = "3/2", .problem = "is no shard"});
    EXPECT_STREQ(one.what(), "--shard '3/2' is no shard");
    EXPECT_EQ(one.data().at(0).option, "--shard");
    EXPECT_EQ(one.data().at(0).got, "3/2");
    const std::vector<Problem> problems{{.path = "a.h5", .problem = "is empty"},
                                        {.problem = "out of time"}};
    const InputError several(problems);
    EXPECT_EQ(several.data(), problems);
    EXPECT_EQ(several.problems(), (std::vector<std::string>{"'a.h5' is empty", "out of time"}));
    EXPECT_EQ(Error(ExitCode::failure, "text").data().at(0), Problem{.problem = "text"});
}

TEST(FileError, NamesPathReasonAndAdvice) {
    const FileError error("can't write", "/out/x", ENOSPC, ExitCode::usage);
    EXPECT_STREQ(error.what(),
                 "can't write '/out/x' (No space left on device), make room or choose another "
                 "folder");
    EXPECT_EQ(error.error_number(), ENOSPC);
    EXPECT_EQ(error.data().at(0).path, "/out/x");
    EXPECT_EQ(error.code(), ExitCode::usage);
}

}  // namespace
}  // namespace msunet::core

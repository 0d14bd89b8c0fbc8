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
#include "msunet/core/format_error.hpp"
#include "msunet/core/option_error.hpp"

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
    EXPECT_EQ(known.problems, (std::vector<std::string>{"one", "two"}));
    const auto other = failure_of(std::runtime_error("first\nstack trace"));
    EXPECT_EQ(other.code, ExitCode::failure);
    EXPECT_EQ(other.problems, std::vector<std::string>{"first"});
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

TEST(FormatError, SaysWhatIsWrongFromItsData) {
    const FormatError member({.key = "owner.pid", .expected = "an integer"});
    EXPECT_STREQ(member.what(), "'owner.pid' is not an integer");
    EXPECT_EQ(member.data().key, "owner.pid");
    EXPECT_EQ(member.code(), ExitCode::input);
    const FormatError array({.path = "a.h5",
                             .kind = "array",
                             .key = "x",
                             .expected = "a list of float32",
                             .got = "missing",
                             .advice = "remove the file"});
    EXPECT_STREQ(array.what(),
                 "array 'x' of file 'a.h5' is missing, expected is a list of float32, remove the "
                 "file");
    EXPECT_EQ(array.data().path, "a.h5");
    const FormatError file({.path = "a.h5", .got = "damaged"});
    EXPECT_STREQ(file.what(), "file 'a.h5' is damaged");
}

TEST(OptionError, SaysWhatIsAllowedFromItsData) {
    const OptionError error("precision", "tf32", "float32 or bf16 on the CPU");
    EXPECT_STREQ(error.what(), "'--precision' is 'tf32', allowed is float32 or bf16 on the CPU");
    EXPECT_EQ(error.key(), "precision");
    EXPECT_EQ(error.got(), "tf32");
    EXPECT_EQ(error.code(), ExitCode::usage);
}

TEST(FileError, NamesPathReasonAndAdvice) {
    const FileError error("can't write", "/out/x", ENOSPC, ExitCode::usage);
    EXPECT_STREQ(error.what(),
                 "can't write '/out/x' (No space left on device), make room or choose another "
                 "folder");
    EXPECT_EQ(error.error_number(), ENOSPC);
    EXPECT_EQ(error.code(), ExitCode::usage);
}

}  // namespace
}  // namespace msunet::core

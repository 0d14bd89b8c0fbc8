// SPDX-License-Identifier: Apache-2.0
#include "msunet/core/error.hpp"

#include <utility>

#include "msunet/core/text.hpp"

namespace msunet::core {

Error::Error(ExitCode code, std::vector<std::string> problems)
    : std::runtime_error(join(problems, "\n")), code_(code), problems_(std::move(problems)) {}

Error::Error(ExitCode code, const std::string& problem)
    : Error(code, std::vector<std::string>{problem}) {}

// The destructors are here so that each class has one type description in the program: exceptions
// are caught across shared libraries.
Error::~Error() = default;

UsageError::UsageError(std::vector<std::string> problems)
    : Error(ExitCode::usage, std::move(problems)) {}
UsageError::UsageError(const std::string& problem) : Error(ExitCode::usage, problem) {}
UsageError::~UsageError() = default;

InputError::InputError(std::vector<std::string> problems)
    : Error(ExitCode::input, std::move(problems)) {}
InputError::InputError(const std::string& problem) : Error(ExitCode::input, problem) {}
InputError::~InputError() = default;

}  // namespace msunet::core

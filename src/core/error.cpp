// SPDX-License-Identifier: Apache-2.0
#include "msunet/core/error.hpp"

#include "msunet/core/text.hpp"

namespace msunet::core {

namespace {

std::vector<std::string> texts_of(std::span<const Problem> problems) {
    std::vector<std::string> texts;
    for (const Problem& problem : problems) texts.push_back(text_of(problem));
    return texts;
}

std::vector<Problem> without_data(std::span<const std::string> texts) {
    std::vector<Problem> problems;
    for (const std::string& text : texts) problems.push_back({.problem = text});
    return problems;
}

}  // namespace

Error::Error(ExitCode code, std::span<const Problem> problems)
    : std::runtime_error(join(texts_of(problems), "\n")),
      code_(code),
      data_(problems.begin(), problems.end()) {}

Error::Error(ExitCode code, const Problem& problem)
    : Error(code, std::span<const Problem>(&problem, 1)) {}

Error::Error(ExitCode code, std::span<const std::string> problems)
    : Error(code, without_data(problems)) {}

std::vector<std::string> Error::problems() const { return texts_of(data_); }

// The destructors are here so that each class has one type description in the program: exceptions
// are caught across shared libraries.
Error::~Error() = default;

UsageError::UsageError(std::span<const Problem> problems) : Error(ExitCode::usage, problems) {}
UsageError::UsageError(const Problem& problem) : Error(ExitCode::usage, problem) {}
UsageError::UsageError(std::span<const std::string> problems) : Error(ExitCode::usage, problems) {}
UsageError::~UsageError() = default;

InputError::InputError(std::span<const Problem> problems) : Error(ExitCode::input, problems) {}
InputError::InputError(const Problem& problem) : Error(ExitCode::input, problem) {}
InputError::InputError(std::span<const std::string> problems) : Error(ExitCode::input, problems) {}
InputError::~InputError() = default;

}  // namespace msunet::core

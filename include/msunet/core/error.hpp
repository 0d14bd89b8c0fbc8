// SPDX-License-Identifier: Apache-2.0
/// \file
/// Exit codes and the exceptions that carry them to main.
#pragma once

#include <concepts>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "msunet/core/problem.hpp"

namespace msunet::core {

/// What the program returns to the shell.
enum class ExitCode : int {
    ok = 0,
    failure = 1,
    usage = 2,
    input = 3,
    trials_failed = 4,
    stopped = 75,
};

/// What a problem without data is made of. As a constraint it keeps members in braces from being
/// taken for a text.
template <class T>
concept Text = std::convertible_to<const T&, std::string>;

/// A failure that ends the command. It holds every problem of its kind that was found, so that
/// a user mends all of them at once: as data, which a failure inside the program may lack, and as
/// text. A text reads: problem (why), what to do; values quoted.
class Error : public std::runtime_error {
public:
    /// what() is the problems, one a line. `problems` is not empty.
    Error(ExitCode code, std::span<const Problem> problems);
    Error(ExitCode code, const Problem& problem);
    /// Of problems without data.
    Error(ExitCode code, std::span<const std::string> problems);
    template <Text T>
    Error(ExitCode code, const T& problem) : Error(code, Problem{.problem = problem}) {}
    ~Error() override;
    Error(const Error&) = default;
    Error& operator=(const Error&) = default;

    [[nodiscard]] ExitCode code() const noexcept { return code_; }
    /// The text of each problem.
    [[nodiscard]] std::vector<std::string> problems() const;
    /// The data of each problem, in the same order; of one without data only `problem`, its text.
    [[nodiscard]] const std::vector<Problem>& data() const noexcept { return data_; }

private:
    ExitCode code_;
    std::vector<Problem> data_;
};

/// Options, configuration, output folder, or a resume with changed configuration: exit code 2.
class UsageError : public Error {
public:
    explicit UsageError(std::span<const Problem> problems);
    explicit UsageError(const Problem& problem);
    explicit UsageError(std::span<const std::string> problems);
    template <Text T>
    explicit UsageError(const T& problem) : UsageError(Problem{.problem = problem}) {}
    ~UsageError() override;
    UsageError(const UsageError&) = default;
    UsageError& operator=(const UsageError&) = default;
};

/// Input data or start model: exit code 3.
class InputError : public Error {
public:
    explicit InputError(std::span<const Problem> problems);
    explicit InputError(const Problem& problem);
    explicit InputError(std::span<const std::string> problems);
    template <Text T>
    explicit InputError(const T& problem) : InputError(Problem{.problem = problem}) {}
    ~InputError() override;
    InputError(const InputError&) = default;
    InputError& operator=(const InputError&) = default;
};

}  // namespace msunet::core

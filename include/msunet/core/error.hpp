// SPDX-License-Identifier: Apache-2.0
/// \file
/// Exit codes and the exceptions that carry them to main.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

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

/// A failure that ends the command. It holds every problem of its kind that was found, so that
/// a user mends all of them at once. A problem reads: problem (why), what to do; values quoted.
class Error : public std::runtime_error {
public:
    /// what() is the problems, one a line. `problems` is not empty.
    Error(ExitCode code, std::vector<std::string> problems);
    Error(ExitCode code, const std::string& problem);
    ~Error() override;
    Error(const Error&) = default;
    Error& operator=(const Error&) = default;

    [[nodiscard]] ExitCode code() const noexcept { return code_; }
    [[nodiscard]] const std::vector<std::string>& problems() const noexcept { return problems_; }

private:
    ExitCode code_;
    std::vector<std::string> problems_;
};

/// Options, configuration, output folder, or a resume with changed configuration: exit code 2.
class UsageError : public Error {
public:
    explicit UsageError(std::vector<std::string> problems);
    explicit UsageError(const std::string& problem);
    ~UsageError() override;
    UsageError(const UsageError&) = default;
    UsageError& operator=(const UsageError&) = default;
};

/// Input data or start model: exit code 3.
class InputError : public Error {
public:
    explicit InputError(std::vector<std::string> problems);
    explicit InputError(const std::string& problem);
    ~InputError() override;
    InputError(const InputError&) = default;
    InputError& operator=(const InputError&) = default;
};

}  // namespace msunet::core

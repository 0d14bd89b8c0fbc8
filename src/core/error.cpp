// SPDX-License-Identifier: Apache-2.0
#include "msunet/core/error.hpp"

#include <utility>

#include "msunet/core/format_error.hpp"
#include "msunet/core/option_error.hpp"
#include "msunet/core/text.hpp"

namespace msunet::core {

namespace {

std::string subject_of(const FormatError::Data& data) {
    std::string text;
    if (!data.key.empty()) {
        text = concat(data.kind, data.kind.empty() ? "" : " ", quoted(data.key));
    }
    if (data.path.empty()) return text;
    return concat(text, text.empty() ? "file " : " of file ", quoted(data.path.string()));
}

std::string message_of(const FormatError::Data& data) {
    auto text = subject_of(data);
    if (data.got.empty()) {
        text += concat(" is not ", data.expected);
    } else {
        text += concat(" is ", data.got);
        if (!data.expected.empty()) text += concat(", expected is ", data.expected);
    }
    if (!data.advice.empty()) text += concat(", ", data.advice);
    return text;
}

}  // namespace

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

FormatError::FormatError(Data data) : InputError(message_of(data)), data_(std::move(data)) {}
FormatError::~FormatError() = default;

OptionError::OptionError(std::string key, std::string got, std::string expected)
    : UsageError(concat("'--", key, "' is ", quoted(got), ", allowed is ", expected)),
      key_(std::move(key)),
      got_(std::move(got)),
      expected_(std::move(expected)) {}
OptionError::~OptionError() = default;

}  // namespace msunet::core

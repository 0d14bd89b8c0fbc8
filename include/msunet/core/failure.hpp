// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <exception>
#include <vector>

#include "msunet/core/error.hpp"

namespace msunet::core {

/// How a command failed on one rank, to be sent to others or printed.
struct Failure {
    ExitCode code = ExitCode::failure;
    std::vector<Problem> problems;
};

/// Code and problems of an Error; of any other exception ExitCode::failure and its failure_text.
[[nodiscard]] Failure failure_of(const std::exception& error);

}  // namespace msunet::core

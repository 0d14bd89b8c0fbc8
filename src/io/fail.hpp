// SPDX-License-Identifier: Apache-2.0
/// \file
/// The error of this module's readers.
#pragma once

#include <filesystem>

#include "msunet/core/error.hpp"
#include "msunet/core/problem.hpp"

namespace msunet::io {

/// \throws core::InputError always, about the file: `problem`, e.g. {.problem = "is no NIfTI
/// file"}.
[[noreturn]] inline void fail(const std::filesystem::path& path, core::Problem problem) {
    problem.path = path;
    throw core::InputError(problem);
}

}  // namespace msunet::io

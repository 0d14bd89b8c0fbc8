// SPDX-License-Identifier: Apache-2.0
/// \file
/// The error of this module's readers.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "msunet/core/error.hpp"

namespace msunet::io {

/// \throws core::InputError always: the file's name and `problem`, e.g. "is no NIfTI file".
[[noreturn]] inline void fail(const std::filesystem::path& path, std::string_view problem) {
    throw core::InputError({.path = path, .problem = std::string(problem)});
}

}  // namespace msunet::io

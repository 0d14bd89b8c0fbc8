// SPDX-License-Identifier: Apache-2.0
/// \file
/// Checks that keep output out of the input folders.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "msunet/core/problem.hpp"

namespace msunet::core {

/// Whether `path` is `folder` or lies in it, links resolved; neither need exist.
[[nodiscard]] bool is_inside(const std::filesystem::path& path,
                             const std::filesystem::path& folder);

/// The problem where `written`, which `option` with the value `named` asks for, would lie in one of
/// the folders `inputs` (an empty name is no folder); nothing where it lies outside of all.
[[nodiscard]] std::optional<Problem> output_in_input(std::string_view option,
                                                     const std::filesystem::path& named,
                                                     const std::filesystem::path& written,
                                                     std::span<const std::string> inputs);

}  // namespace msunet::core

// SPDX-License-Identifier: Apache-2.0
/// \file
/// A check that keeps output out of the input folders.
#pragma once

#include <filesystem>

namespace msunet::prepare {

/// Whether `path` is `folder` or lies in it, links resolved; neither need exist.
[[nodiscard]] bool is_inside(const std::filesystem::path& path,
                             const std::filesystem::path& folder);

}  // namespace msunet::prepare

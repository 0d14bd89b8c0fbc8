// SPDX-License-Identifier: Apache-2.0
/// Keeps writing out of the input folders.
#pragma once

#include <filesystem>

namespace msunet::prepare {

/// Whether `path` is `folder` or lies in it, links resolved; neither need exist.
bool is_inside(const std::filesystem::path& path, const std::filesystem::path& folder);

}  // namespace msunet::prepare

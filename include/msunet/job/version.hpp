// SPDX-License-Identifier: Apache-2.0
/// \file
/// What this program calls itself.
#pragma once

#include <string_view>

namespace msunet::job {

/// The program's version: "1.0.0".
[[nodiscard]] std::string_view version();
/// The commit of its source, with "-dirty" where files had changed when it was configured;
/// "unknown" outside a git repository.
[[nodiscard]] std::string_view commit();
/// How it was built: "GNU 12.2.0, Release, libtorch 2.11.0, with module gpu".
[[nodiscard]] std::string_view build();

}  // namespace msunet::job

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "msunet/core/problem.hpp"
#include "prepare/find_input.hpp"

namespace msunet::prepare {

/// What is wrong if -tpath holds masks and -mpath scans: by `findings` no file of -mpath is a mask,
/// and all files of -tpath that can be read are. Only then reads those, up to the first that is
/// none.
[[nodiscard]] std::optional<core::Problem> exchanged_folders(const Request& request,
                                                             const Input& input,
                                                             const Findings& findings);

}  // namespace msunet::prepare

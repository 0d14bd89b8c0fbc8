// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace msunet::core {

/// A GPU, or a part of one (a MIG instance), as a rank sees it.
struct Gpu {
    /// "GPU-…" or "MIG-…", as nvidia-smi -L shows it: the same for every rank that sees it.
    std::string uuid;
    std::string name;

    bool operator==(const Gpu&) const = default;
};

}  // namespace msunet::core

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace msunet::record {

/// Epochs that a search trains in all trials together.
struct SearchEpochs {
    std::int64_t count = 0;
    bool at_most = true;  ///< else it may train some more

    friend bool operator==(const SearchEpochs&, const SearchEpochs&) = default;
};

}  // namespace msunet::record

// SPDX-License-Identifier: Apache-2.0
#include "msunet/data/patch_lists.hpp"

namespace msunet::data {

const PatchIndex& PatchLists::of(std::int64_t size, std::int64_t stride) {
    // Patches that are fractions of the slice are the same for every permutation.
    const auto key = fixed() ? std::pair{size, stride} : std::pair<std::int64_t, std::int64_t>{};
    auto& list = lists_[key];
    if (!list) {
        list = std::make_unique<PatchIndex>(dataset_, patch_spec(options_, key.first, key.second));
    }
    return *list;
}

}  // namespace msunet::data

// SPDX-License-Identifier: Apache-2.0
#include "msunet/data/patch_lists.hpp"

namespace msunet::data {

const PatchIndex& PatchLists::of(std::int64_t size, std::int64_t stride,
                                 std::optional<std::size_t> split) {
    // Patches that are fractions of the slice are the same for every permutation.
    if (!fixed()) size = stride = 0;
    auto& list = lists_[{size, stride, split}];
    if (list) return *list;
    if (split) {
        list = std::make_unique<PatchIndex>(of(size, stride), dataset_, splits_.at(*split));
    } else {
        list = std::make_unique<PatchIndex>(dataset_, patch_spec(options_, size, stride));
    }
    return *list;
}

}  // namespace msunet::data

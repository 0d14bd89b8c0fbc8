// SPDX-License-Identifier: Apache-2.0
#include "prepare/input_plan.hpp"

namespace msunet::prepare {

std::vector<imaging::AugmentedCopy> copies_of(const Request& request, const Input& input) {
    if (imaging::already_augmented(input.data) || imaging::already_augmented(input.masks)) {
        return {};
    }
    std::vector<std::uint32_t> pairs;
    for (std::uint32_t pair = 0; pair < input.pairs.size(); ++pair) {
        if (!input.pairs[pair].validation || request.augment.augment_validation) {
            pairs.push_back(pair);
        }
    }
    return imaging::plan_augmentation(request.augment, request.seed, pairs);
}

PairRules pair_rules(const Request& request) {
    return {.preprocess = request.preprocess,
            .mask_geometry = request.folders.mask_geometry,
            .fixed_patches = fixed_patches(request)};
}

std::vector<std::int64_t> fixed_patches(const Request& request) {
    return request.patches.use_frac_patch ? std::vector<std::int64_t>() : request.patch_dimensions;
}

}  // namespace msunet::prepare

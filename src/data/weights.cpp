// SPDX-License-Identifier: Apache-2.0
#include <vector>

#include "msunet/data/patch_index.hpp"

namespace msunet::data {

namespace {

bool weighs_more(core::Modality sample, core::Modality weighted) {
    if (sample == core::Modality::regwarp && weighted == core::Modality::noddi) return true;
    return sample == weighted;
}

}  // namespace

std::vector<float> sample_weights(const PatchIndex& index, std::optional<core::Modality> weighted,
                                  double factor) {
    std::vector<float> weights(index.size(), 1.0F);
    if (!weighted) return weights;
    for (std::uint32_t sample = 0; sample < weights.size(); ++sample) {
        if (weighs_more(index.modality(sample), *weighted)) {
            weights[sample] = static_cast<float>(factor);
        }
    }
    return weights;
}

}  // namespace msunet::data

// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include "msunet/core/error.hpp"
#include "msunet/core/text.hpp"
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

std::optional<core::Modality> weighted_modality(const std::optional<std::string>& text) {
    if (!text || core::to_lower(*text) == "none") return std::nullopt;
    if (const auto modality = core::modality_named(*text)) return modality;
    throw core::UsageError(core::concat("modality_weight ", core::quoted(*text),
                                        " is no modality, give one of ",
                                        core::join(core::modality_names), " or none"));
}

}  // namespace msunet::data

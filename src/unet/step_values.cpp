// SPDX-License-Identifier: Apache-2.0
#include "msunet/unet/step_values.hpp"

#include <string>

#include "msunet/core/error.hpp"
#include "msunet/core/random.hpp"

namespace msunet::unet {

core::Permutation step_values(const Hyperparameters& hyperparameters, bool fixed_patches) {
    core::Permutation values = to_permutation(hyperparameters);
    for (const auto* name : {"epochs", "early_stopping", "restore_best", "pca_only"}) {
        values.erase(name);
    }
    if (!fixed_patches) {
        values.erase("patch_dimensions");
        values.erase("patch_stride");
    }
    if (!hyperparameters.modality_weight || hyperparameters.weight_factor == 1) {
        values.erase("modality_weight");
        values.erase("weight_factor");
    }
    return values;
}

std::uint64_t stream_key(const Hyperparameters& hyperparameters, bool fixed_patches) {
    std::string text;
    for (const auto& [name, value] : step_values(hyperparameters, fixed_patches)) {
        text += name;
        text += '=';
        text += core::python_repr(value);
        text += '\n';
    }
    return core::seed_label(text);
}

core::Value canonical_value(std::string_view key, const core::Value& value) {
    try {
        const auto values = to_permutation(from_permutation({{std::string(key), value}}));
        const auto found = values.find(key);
        return found == values.end() ? value : found->second;
    } catch (const core::UsageError&) {
        return value;
    }
}

}  // namespace msunet::unet

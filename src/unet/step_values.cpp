// SPDX-License-Identifier: Apache-2.0
#include "msunet/unet/step_values.hpp"

#include <string>

#include "msunet/core/error.hpp"
#include "msunet/core/random.hpp"

namespace msunet::unet {

namespace {

std::string text_of(const core::Permutation& values) {
    std::string text;
    for (const auto& [name, value] : values) {
        text += name;
        text += '=';
        text += core::python_repr(value);
        text += '\n';
    }
    return text;
}

}  // namespace

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
    // Sweeps without it draw what they drew before there was such a key.
    if (hyperparameters.online_augmentation == core::AugmentationLevel::none) {
        values.erase("online_augmentation");
    }
    return values;
}

std::string training_values(const Hyperparameters& hyperparameters, bool fixed_patches) {
    auto values = step_values(hyperparameters, fixed_patches);
    if (hyperparameters.lr_schedule == LrSchedule::cosine) {
        values["epochs"] = hyperparameters.epochs;
    }
    return text_of(values);
}

std::uint64_t stream_key(const Hyperparameters& hyperparameters, bool fixed_patches,
                         std::string_view fold) {
    return core::seed_label(text_of(step_values(hyperparameters, fixed_patches)) +
                            std::string(fold));
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

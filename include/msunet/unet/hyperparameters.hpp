// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "msunet/core/augmentation_level.hpp"
#include "msunet/core/modality.hpp"
#include "msunet/core/options.hpp"
#include "msunet/core/permutation.hpp"

namespace msunet::unet {

/// How the learning rate changes over the epochs.
enum class LrSchedule : std::uint8_t { constant, cosine, plateau };
constexpr std::array<std::string_view, 3> names_of(LrSchedule /*any*/) {
    return {"constant", "cosine", "plateau"};
}
/// Epochs without a better loss after which `plateau` lowers the learning rate, as Keras does.
inline constexpr std::int64_t plateau_patience = 10;

/// The hyperparameters of one permutation, with the user guide's defaults.
struct Hyperparameters {
    std::int64_t epochs = 20;
    std::string losses = "dice_coef_loss";  ///< canonical name, see names.hpp
    std::string optimizer = "Adam";         ///< canonical name
    double lr = 1e-3;
    std::int64_t batch_size = 128;  ///< samples a step, over all ranks of the group together
    std::string final_activation = "sigmoid";  ///< canonical name
    double dropout = 0.5;
    std::int64_t which_layer = 19;
    std::int64_t patch_dimensions = 128;  ///< fixed patches only
    std::int64_t patch_stride = 32;       ///< fixed patches only
    bool score_trainable = true;
    bool expanding_batch_norm_trainable = true;
    bool contracting_batch_norm_trainable = true;
    bool upsampling_trainable = true;
    bool upsampling_batch_norm_trainable = true;
    bool pca_only = false;
    std::optional<core::Modality> modality_weight;  ///< nullopt: all samples weigh 1
    double weight_factor = 1;
    std::optional<std::int64_t> early_stopping;  ///< epochs without improvement; nullopt: off
    bool restore_best = false;
    LrSchedule lr_schedule = LrSchedule::constant;
    core::AugmentationLevel online_augmentation = core::AugmentationLevel::none;

    bool operator==(const Hyperparameters&) const = default;
};

/// Walks all hyperparameters under the keys of the grid, with help, ranges and choices.
void describe(core::OptionVisitor& visitor, Hyperparameters& hyperparameters);
/// Walks those that are options of `msunet train` too.
void describe_options(core::OptionVisitor& visitor, Hyperparameters& hyperparameters);

/// The keys of the grid, in the order of `describe`.
[[nodiscard]] const std::vector<std::string>& hyperparameter_keys();
/// The key that is meant, compared by core::plain_name; none if there is none.
[[nodiscard]] std::optional<std::string> canonical_key(std::string_view key);

/// One permutation's hyperparameters: `defaults` overridden by the permutation. Checks every type,
/// name and range and throws one `core::UsageError` that lists all problems, each with key, value
/// and what is allowed. Integers may stand for floats, whole floats for integers, texts such as
/// "True" for booleans; "none" and None clear `modality_weight` and `early_stopping`.
[[nodiscard]] Hyperparameters from_permutation(const core::Permutation& permutation,
                                               const Hyperparameters& defaults = {});

/// All hyperparameters under the keys of the grid; None where an optional one has no value.
[[nodiscard]] core::Permutation to_permutation(const Hyperparameters& hyperparameters);

/// Warnings about values that are allowed but useless (cosine_similarity, softmax).
[[nodiscard]] std::vector<std::string> warnings_for(const Hyperparameters& hyperparameters);

}  // namespace msunet::unet

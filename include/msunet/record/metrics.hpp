// SPDX-License-Identifier: Apache-2.0
/// \file
/// Metrics of an epoch and Dice by modality: the numbers that training reports.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "msunet/core/modality.hpp"

namespace msunet::record {

/// Metrics of one epoch, as Keras's history has them: `loss` is the mean over samples, the others
/// are means over batches. The `val_` metrics are absent without validation data.
struct Metrics {
    double loss = 0;
    double dice_coef = 0;
    double jaccard_similarity = 0;
    std::optional<double> val_loss;
    std::optional<double> val_dice_coef;
    std::optional<double> val_jaccard_similarity;

    bool operator==(const Metrics&) const = default;
};

/// Columns of the history, in the order of its file.
inline constexpr std::array<std::string_view, 6> metric_names{
    "loss",     "dice_coef",     "jaccard_similarity",
    "val_loss", "val_dice_coef", "val_jaccard_similarity"};

/// The metric of a history's column; nothing for an unknown name or an absent `val_` metric.
[[nodiscard]] std::optional<double> metric(const Metrics& metrics, std::string_view name);

/// Dice by modality, indexed by `core::Modality`; nothing where the modality has no samples.
struct ModalityDice {
    std::array<std::optional<double>, core::modality_names.size()> val;
    std::array<std::optional<double>, core::modality_names.size()> train;

    bool operator==(const ModalityDice&) const = default;
};

/// Columns of the modality file in order: `anatomical_val_dice` … `fmri_train_dice`.
[[nodiscard]] std::vector<std::string> modality_columns();

/// The value of a column of the modality file; nothing for an unknown or an empty one.
[[nodiscard]] std::optional<double> modality_metric(const ModalityDice& dice,
                                                    std::string_view column);

/// Whether `name` is a column of the history or of the modality file.
[[nodiscard]] bool is_metric(std::string_view name);

/// Whether smaller values of the metric are better (the losses).
[[nodiscard]] bool lower_is_better(std::string_view name);

}  // namespace msunet::record

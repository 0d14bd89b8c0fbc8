// SPDX-License-Identifier: Apache-2.0
#include "msunet/record/metrics.hpp"

#include <algorithm>

namespace msunet::record {

namespace {

constexpr std::string_view val_suffix = "_val_dice";
constexpr std::string_view train_suffix = "_train_dice";

}  // namespace

std::optional<double> metric(const Metrics& metrics, std::string_view name) {
    if (name == "loss") return metrics.loss;
    if (name == "dice_coef") return metrics.dice_coef;
    if (name == "jaccard_similarity") return metrics.jaccard_similarity;
    if (name == "val_loss") return metrics.val_loss;
    if (name == "val_dice_coef") return metrics.val_dice_coef;
    if (name == "val_jaccard_similarity") return metrics.val_jaccard_similarity;
    return std::nullopt;
}

std::vector<std::string> modality_columns() {
    std::vector<std::string> columns;
    for (const std::string_view suffix : {val_suffix, train_suffix}) {
        for (const std::string_view name : core::modality_names) {
            columns.push_back(std::string(name) + std::string(suffix));
        }
    }
    return columns;
}

std::optional<double> modality_metric(const ModalityDice& dice, std::string_view column) {
    for (std::size_t i = 0; i < core::modality_names.size(); ++i) {
        const std::string name(core::modality_names[i]);
        if (column == name + std::string(val_suffix)) return dice.val[i];
        if (column == name + std::string(train_suffix)) return dice.train[i];
    }
    return std::nullopt;
}

bool is_metric(std::string_view name) {
    const std::vector<std::string> columns = modality_columns();
    return std::find(metric_names.begin(), metric_names.end(), name) != metric_names.end() ||
           std::find(columns.begin(), columns.end(), name) != columns.end();
}

bool lower_is_better(std::string_view name) { return name == "loss" || name == "val_loss"; }

}  // namespace msunet::record

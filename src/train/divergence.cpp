// SPDX-License-Identifier: Apache-2.0
#include "train/divergence.hpp"

#include <algorithm>
#include <cmath>

#include "msunet/core/text.hpp"

namespace msunet::train {

using core::concat;

namespace {

bool is_finite(const core::NamedArray& weights) {
    return std::ranges::all_of(weights.values, [](float value) { return std::isfinite(value); });
}

/// The first metric that is there and not finite: its name and value.
std::string bad_metric(const record::EpochReport& epoch,
                       const std::optional<record::ModalityDice>& dice) {
    const auto text = [](std::string_view name, std::optional<double> value) {
        if (!value || std::isfinite(*value)) return std::string();
        return concat(name, " is ", std::isnan(*value) ? "NaN" : "infinite");
    };
    for (const auto name : record::metric_names) {
        if (auto bad = text(name, record::metric(epoch.metrics, name)); !bad.empty()) return bad;
    }
    if (!dice) return {};
    for (const auto& name : record::modality_columns()) {
        if (auto bad = text(name, record::modality_metric(*dice, name)); !bad.empty()) return bad;
    }
    return {};
}

}  // namespace

std::string divergence_text(std::string_view what) {
    return concat(what, " (training diverged), try a smaller lr");
}

std::string divergence_of(const record::EpochReport& epoch,
                          const std::optional<record::ModalityDice>& dice,
                          std::span<const core::NamedArray> weights) {
    const auto in_epoch = concat(" after epoch ", epoch.epoch + 1);
    if (const auto bad = bad_metric(epoch, dice); !bad.empty()) {
        return divergence_text(concat(bad, in_epoch));
    }
    const auto found = std::ranges::find_if_not(weights, is_finite);
    if (found == weights.end()) return {};
    return divergence_text(
        concat("weights of ", core::quoted(found->name), " are not finite", in_epoch));
}

}  // namespace msunet::train

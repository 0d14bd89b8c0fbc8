// SPDX-License-Identifier: Apache-2.0
/// \file
/// Whether training has diverged: values that are not finite where a result needs numbers.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "msunet/core/named_array.hpp"
#include "msunet/record/trial.hpp"

namespace msunet::train {

/// The reason of a trial that diverged: "`what` (training diverged), try a smaller lr".
[[nodiscard]] std::string divergence_text(std::string_view what);

/// Why a trial's result is no model: a metric of the epoch that counts, its Dice by modality or a
/// weight is NaN or infinite. Empty where all are finite; absent metrics count as finite.
[[nodiscard]] std::string divergence_of(const record::EpochReport& epoch,
                                        const std::optional<record::ModalityDice>& dice,
                                        std::span<const core::NamedArray> weights);

}  // namespace msunet::train

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "msunet/core/problem.hpp"

namespace msunet::unet {

/// Canonical names, each what Keras calls the function (losses, activations) or class (optimisers).
[[nodiscard]] std::span<const std::string_view> loss_names();
[[nodiscard]] std::span<const std::string_view> optimizer_names();
[[nodiscard]] std::span<const std::string_view> activation_names();

/// The canonical name of a loss given by name, Keras alias (bce, mse, mae, mape, msle, kld,
/// logcosh) or class name, compared by core::plain_name. Throws `core::UsageError` with the allowed
/// names, or with the reason for losses that can't be used with masks of one channel.
[[nodiscard]] std::string canonical_loss(std::string_view name);
/// Likewise for optimisers ("adam" is Adam).
[[nodiscard]] std::string canonical_optimizer(std::string_view name);
/// Likewise for activations ("silu" is swish).
[[nodiscard]] std::string canonical_activation(std::string_view name);

/// As above, into `name`. What is wrong with the text otherwise, as core::problem_with says it.
[[nodiscard]] std::optional<core::Problem> read_loss(std::string_view text, std::string& name);
[[nodiscard]] std::optional<core::Problem> read_optimizer(std::string_view text, std::string& name);
[[nodiscard]] std::optional<core::Problem> read_activation(std::string_view text,
                                                           std::string& name);

/// Why a loss or an activation that can be used is no use; none for most.
[[nodiscard]] std::optional<std::string_view> drawback_of_loss(std::string_view name);
[[nodiscard]] std::optional<std::string_view> drawback_of_activation(std::string_view name);

}  // namespace msunet::unet

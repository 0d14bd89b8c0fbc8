// SPDX-License-Identifier: Apache-2.0
#include "msunet/unet/names.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "msunet/core/error.hpp"
#include "msunet/core/text.hpp"

namespace msunet::unet {
namespace {

struct Pair {
    std::string_view name;
    std::string_view other;
};

constexpr std::array<std::string_view, 14> losses{"dice_coef_loss",
                                                  "binary_crossentropy",
                                                  "mean_squared_error",
                                                  "mean_absolute_error",
                                                  "mean_squared_logarithmic_error",
                                                  "mean_absolute_percentage_error",
                                                  "hinge",
                                                  "squared_hinge",
                                                  "huber",
                                                  "log_cosh",
                                                  "poisson",
                                                  "kl_divergence",
                                                  "cosine_similarity",
                                                  "binary_focal_crossentropy"};
constexpr std::array<Pair, 8> loss_aliases{{{"bce", "binary_crossentropy"},
                                            {"mse", "mean_squared_error"},
                                            {"mae", "mean_absolute_error"},
                                            {"mape", "mean_absolute_percentage_error"},
                                            {"msle", "mean_squared_logarithmic_error"},
                                            {"kld", "kl_divergence"},
                                            {"kullback_leibler_divergence", "kl_divergence"},
                                            {"huber_loss", "huber"}}};
constexpr std::string_view use_crossentropy =
    "it compares classes over several channels and masks have one channel; use binary_crossentropy";
constexpr std::array<Pair, 5> refused_losses{
    {{"categorical_crossentropy", use_crossentropy},
     {"sparse_categorical_crossentropy", use_crossentropy},
     {"categorical_focal_crossentropy",
      "it compares classes over several channels and masks have one channel; use "
      "binary_focal_crossentropy"},
     {"categorical_hinge",
      "it compares classes over several channels and masks have one channel; use hinge"},
     {"sparse_categorical_focal_crossentropy", use_crossentropy}}};

constexpr std::array<std::string_view, 11> optimizers{"SGD",      "RMSprop",   "Adam",    "AdamW",
                                                      "Adadelta", "Adafactor", "Adagrad", "Adamax",
                                                      "Nadam",    "Ftrl",      "Lion"};

constexpr std::array<std::string_view, 14> activations{
    "linear", "sigmoid", "hard_sigmoid", "tanh",  "relu", "softplus",    "softsign",
    "elu",    "selu",    "gelu",         "swish", "mish", "exponential", "softmax"};
constexpr std::array<Pair, 1> activation_aliases{{{"silu", "swish"}}};

std::string canonical(std::string_view kind, std::string_view name,
                      std::span<const std::string_view> names, std::span<const Pair> aliases,
                      std::span<const Pair> refused) {
    const std::string plain = core::plain_name(name);
    for (const std::string_view each : names) {
        if (core::plain_name(each) == plain) {
            return std::string(each);
        }
    }
    for (const Pair& alias : aliases) {
        if (core::plain_name(alias.name) == plain) {
            return std::string(alias.other);
        }
    }
    for (const Pair& refusal : refused) {
        if (core::plain_name(refusal.name) == plain) {
            throw core::UsageError(core::concat(kind, ' ', core::quoted(name), " can't be used (",
                                                refusal.other, "), allowed are ",
                                                core::join(names)));
        }
    }
    const std::vector<std::string> candidates(names.begin(), names.end());
    throw core::UsageError(core::concat(kind, ' ', core::quoted(name), " is unknown",
                                        core::did_you_mean(name, candidates), ", allowed are ",
                                        core::join(names)));
}

}  // namespace

std::span<const std::string_view> loss_names() { return losses; }
std::span<const std::string_view> optimizer_names() { return optimizers; }
std::span<const std::string_view> activation_names() { return activations; }

std::string canonical_loss(std::string_view name) {
    return canonical("loss", name, losses, loss_aliases, refused_losses);
}

std::string canonical_optimizer(std::string_view name) {
    return canonical("optimizer", name, optimizers, {}, {});
}

std::string canonical_activation(std::string_view name) {
    return canonical("activation", name, activations, activation_aliases, {});
}

}  // namespace msunet::unet

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

constexpr std::array<Pair, 1> useless_losses{
    {{"cosine_similarity", "it learns nothing on masks of one channel (its gradient is 0)"}}};
constexpr std::array<Pair, 1> useless_activations{
    {{"softmax", "it is 1 everywhere with one channel"}}};

std::optional<std::string_view> find(std::span<const Pair> pairs, std::string_view name) {
    const std::string plain = core::plain_name(name);
    for (const Pair& pair : pairs) {
        if (core::plain_name(pair.name) == plain) return pair.other;
    }
    return std::nullopt;
}

std::optional<core::Problem> read(std::string_view text, std::string& name,
                                  std::span<const std::string_view> names,
                                  std::span<const Pair> aliases, std::span<const Pair> refused) {
    const std::string plain = core::plain_name(text);
    const auto same = [&](std::string_view each) { return core::plain_name(each) == plain; };
    if (const auto known = std::ranges::find_if(names, same); known != names.end()) {
        name = *known;
    } else if (const auto other = find(aliases, text)) {
        name = *other;
    } else {
        core::Problem problem{.got = std::string(text), .expected = core::join(names)};
        if (const auto reason = find(refused, text)) {
            problem.why = core::concat("which can't be used: ", *reason);
        } else {
            const std::vector<std::string> candidates(names.begin(), names.end());
            problem.advice = core::did_you_mean(text, candidates);
        }
        return problem;
    }
    return std::nullopt;
}

using Read = std::optional<core::Problem> (*)(std::string_view, std::string&);

std::string canonical(std::string_view kind, std::string_view text, Read read_name) {
    std::string name;
    if (auto problem = read_name(text, name)) {
        problem->kind = kind;
        throw core::UsageError(*problem);
    }
    return name;
}

}  // namespace

std::span<const std::string_view> loss_names() { return losses; }
std::span<const std::string_view> optimizer_names() { return optimizers; }
std::span<const std::string_view> activation_names() { return activations; }

std::optional<core::Problem> read_loss(std::string_view text, std::string& name) {
    return read(text, name, losses, loss_aliases, refused_losses);
}

std::optional<core::Problem> read_optimizer(std::string_view text, std::string& name) {
    return read(text, name, optimizers, {}, {});
}

std::optional<core::Problem> read_activation(std::string_view text, std::string& name) {
    return read(text, name, activations, activation_aliases, {});
}

std::string canonical_loss(std::string_view name) { return canonical("loss", name, read_loss); }

std::string canonical_optimizer(std::string_view name) {
    return canonical("optimizer", name, read_optimizer);
}

std::string canonical_activation(std::string_view name) {
    return canonical("activation", name, read_activation);
}

std::optional<std::string_view> drawback_of_loss(std::string_view name) {
    return find(useless_losses, name);
}

std::optional<std::string_view> drawback_of_activation(std::string_view name) {
    return find(useless_activations, name);
}

}  // namespace msunet::unet

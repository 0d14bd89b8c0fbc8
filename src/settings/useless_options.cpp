// SPDX-License-Identifier: Apache-2.0
#include "msunet/settings/useless_options.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <span>

#include "msunet/core/text.hpp"

namespace msunet::settings {

using core::concat;

namespace {

int operations(const imaging::AugmentOptions& options) {
    return int{options.enable_rotation} + int{options.enable_affine} + int{options.enable_noise} +
           int{options.enable_contrast_change};
}

double share(double threshold, int operations) {
    return threshold * (1 - std::pow(threshold, operations));
}

std::string percent(double share) { return concat(core::fixed(100 * share, 0), " %"); }

/// All values of a hyperparameter in the sweep.
template <class T>
std::set<T> values_of(const record::GridLists& grid, std::string_view name,
                      const unet::Hyperparameters& defaults, T unet::Hyperparameters::*member) {
    const auto found = grid.find(name);
    if (found == grid.end()) return {defaults.*member};
    std::set<T> values;
    for (const auto& value : found->second) {
        values.insert(unet::from_permutation({{std::string(name), value}}).*member);
    }
    return values;
}

std::string names_of_all(const std::vector<core::Modality>& modalities) {
    std::vector<std::string_view> names;
    for (const core::Modality modality : std::set(modalities.begin(), modalities.end())) {
        names.push_back(core::name_of(modality));
    }
    return core::join(std::span<const std::string_view>(names));
}

}  // namespace

double augmented_share(const imaging::AugmentOptions& options) {
    return share(options.augmentation_threshold, operations(options));
}

std::optional<std::string> rare_augmentation(const imaging::AugmentOptions& options) {
    const int count = operations(options);
    if (!options.enable_augmentation || !options.in_place_augmentation || count == 0) return {};
    const double best = std::pow(1.0 / (count + 1), 1.0 / count);
    constexpr double few = 0.4;
    if (augmented_share(options) >= few * share(best, count)) return std::nullopt;
    return concat("--augmentation_threshold ", options.augmentation_threshold, " augments about ",
                  percent(augmented_share(options)),
                  " of the training scans (the chance is at*(1-at^", count, "), at most ",
                  percent(share(best, count)), " at ", core::fixed(best, 2),
                  "), choose a value nearer to that");
}

std::vector<std::string> useless_search(const sweep::SweepOptions& options) {
    if (options.strategy != sweep::StrategyKind::grid) return {};
    const sweep::SweepOptions defaults;
    std::vector<std::string> warnings;
    if (options.reduction_factor != defaults.reduction_factor) {
        warnings.emplace_back("--reduction_factor has no effect with --strategy grid");
    }
    if (options.min_epochs != defaults.min_epochs) {
        warnings.emplace_back("--min_epochs has no effect with --strategy grid");
    }
    return warnings;
}

std::vector<std::string> useless_weights(const record::GridLists& grid,
                                         const unet::Hyperparameters& defaults,
                                         const std::vector<core::Modality>& training) {
    const auto modalities =
        values_of(grid, "modality_weight", defaults, &unet::Hyperparameters::modality_weight);
    const auto factors =
        values_of(grid, "weight_factor", defaults, &unet::Hyperparameters::weight_factor);
    const bool any_factor = factors != std::set{1.0};
    const bool any_modality = modalities != std::set{std::optional<core::Modality>()};
    std::vector<std::string> warnings;
    if (any_factor && !any_modality) {
        warnings.emplace_back(
            "weight_factor has no effect without a modality_weight: all samples weigh 1, give "
            "-mw MODALITY");
    }
    if (any_modality && !any_factor) {
        warnings.emplace_back(
            "modality_weight has no effect with the weight_factor 1: all samples weigh 1, give "
            "-wf FACTOR");
    }
    for (const auto& modality : modalities) {
        if (!modality || std::ranges::find(training, *modality) != training.end()) continue;
        warnings.push_back(concat("modality_weight ", core::name_of(*modality),
                                  " has no effect: no training pair is of this modality, only ",
                                  names_of_all(training)));
    }
    return warnings;
}

}  // namespace msunet::settings

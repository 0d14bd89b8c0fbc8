// SPDX-License-Identifier: Apache-2.0
#include "msunet/imaging/augment_plan.hpp"

#include <algorithm>

#include "msunet/core/random.hpp"

namespace msunet::imaging {
namespace {

enum class Purpose : std::uint64_t { choice, rotation, affine, noise, contrast };

/// Draws of one operation on one copy: whether, then how.
class Draws {
public:
    Draws(std::uint64_t seed, std::uint32_t pair, std::uint32_t copy)
        : seed_(seed), pair_(pair), copy_(copy) {}

    std::uint64_t seed_of(Purpose purpose) const {
        return core::derive_seed(seed_, {core::seed_label("augment"), pair_, copy_,
                                         static_cast<std::uint64_t>(purpose)});
    }
    core::RandomStream stream(Purpose purpose) const {
        return core::RandomStream(seed_of(purpose));
    }

private:
    std::uint64_t seed_;
    std::uint32_t pair_;
    std::uint32_t copy_;
};

Rotation draw_rotation(core::RandomStream& random) {
    Rotation rotation;
    for (double& angle : rotation.angles) angle = random.uniform(-largest_angle, largest_angle);
    for (double& distance : rotation.translation) {
        distance = random.uniform(-largest_translation, largest_translation);
    }
    return rotation;
}

Affine draw_affine(core::RandomStream& random) {
    Affine affine;
    for (double& scale : affine.scale) {
        scale = random.uniform(1 - largest_scale_change, 1 + largest_scale_change);
    }
    affine.shear_axis = random.below(3);
    affine.shear_along = (affine.shear_axis + 1 + random.below(2)) % 3;
    affine.shear = random.uniform(0, largest_shear);
    return affine;
}

std::vector<AugmentedCopy> random_scheme(const AugmentOptions& options, std::uint64_t seed,
                                         std::uint32_t pair) {
    const Draws draws(seed, pair, 0);
    if (!draws.stream(Purpose::choice).chance(options.augmentation_threshold)) return {};
    const double applied = 1 - options.augmentation_threshold;
    AugmentedCopy copy;
    copy.pair = pair;
    bool any = false;
    const auto with_chance = [&](bool enabled, Purpose purpose, auto&& make) {
        auto random = draws.stream(purpose);
        if (!enabled || !random.chance(applied)) return;
        make(random);
        any = true;
    };
    with_chance(options.enable_rotation, Purpose::rotation,
                [&](auto& random) { copy.rotation = draw_rotation(random); });
    with_chance(options.enable_affine, Purpose::affine,
                [&](auto& random) { copy.affine = draw_affine(random); });
    with_chance(options.enable_noise, Purpose::noise,
                [&](auto& random) { copy.noise = Noise{random.next_u64()}; });
    with_chance(options.enable_contrast_change, Purpose::contrast,
                [&](auto&) { copy.contrast = Contrast{}; });
    if (!any) return {};
    return {copy};
}

std::vector<AugmentedCopy> basic_scheme(const AugmentOptions& options, std::uint64_t seed,
                                        std::uint32_t pair) {
    std::vector<AugmentedCopy> copies;
    const auto add = [&](bool rotated, bool sheared) {
        AugmentedCopy copy;
        copy.pair = pair;
        copy.copy = static_cast<std::uint32_t>(copies.size());
        const Draws draws(seed, pair, copy.copy);
        if (rotated) {
            auto random = draws.stream(Purpose::rotation);
            copy.rotation = draw_rotation(random);
        }
        if (sheared) {
            auto random = draws.stream(Purpose::affine);
            copy.affine = draw_affine(random);
        }
        copies.push_back(copy);
    };
    if (options.enable_rotation) add(true, false);
    if (options.enable_affine) add(false, true);
    if (options.enable_rotation && options.enable_affine) add(true, true);
    return copies;
}

}  // namespace

std::vector<AugmentedCopy> copies_of_pair(const AugmentOptions& options, std::uint64_t seed,
                                          std::uint32_t pair) {
    if (!options.enable_augmentation) return {};
    return options.in_place_augmentation ? random_scheme(options, seed, pair)
                                         : basic_scheme(options, seed, pair);
}

std::vector<AugmentedCopy> plan_augmentation(const AugmentOptions& options, std::uint64_t seed,
                                             std::span<const std::uint32_t> pairs) {
    std::vector<AugmentedCopy> copies;
    for (const std::uint32_t pair : pairs) {
        for (AugmentedCopy& copy : copies_of_pair(options, seed, pair)) copies.push_back(copy);
    }
    return copies;
}

bool already_augmented(std::span<const std::string> file_names) {
    return std::any_of(file_names.begin(), file_names.end(), [](const std::string& name) {
        return name.find("augmented") != std::string::npos;
    });
}

}  // namespace msunet::imaging

// SPDX-License-Identifier: Apache-2.0
#include "msunet/data/augmentation_draw.hpp"

#include <array>
#include <cstddef>
#include <numbers>

namespace msunet::data {

namespace {

/// A value is drawn with a probability, between two bounds.
struct DrawRange {
    double probability = 0;
    double low = 0;
    double high = 0;
};

/// Of one level; angles in degrees.
struct LevelRanges {
    DrawRange angle{}, scale{}, shear{}, elastic{};
    DrawRange bias{}, noise{}, blur{}, brightness{}, contrast{}, resolution{}, inverted_gamma{},
        gamma{};
};

/// Indexed by AugmentationLevel.
constexpr std::array<LevelRanges, 3> ranges_of_level{{{},
                                                      {.angle = {0.2, -10, 10},
                                                       .scale = {0.2, 0.9, 1.1},
                                                       .noise = {0.1, 0, 0.03},
                                                       .brightness = {0.15, 0.85, 1.15},
                                                       .contrast = {0.15, 0.8, 1.25},
                                                       .gamma = {0.15, 0.8, 1.25}},
                                                      {.angle = {0.2, -30, 30},
                                                       .scale = {0.2, 0.7, 1.4},
                                                       .shear = {0.2, -0.15, 0.15},
                                                       .elastic = {0.2, 0.01, 0.05},
                                                       .bias = {0.2, 0.1, 0.5},
                                                       .noise = {0.1, 0, 0.1},
                                                       .blur = {0.1, 0.5, 1},
                                                       .brightness = {0.15, 0.75, 1.25},
                                                       .contrast = {0.15, 0.75, 1.25},
                                                       .resolution = {0.125, 0.5, 1},
                                                       .inverted_gamma = {0.1, 0.7, 1.5},
                                                       .gamma = {0.3, 0.7, 1.5}}}};

/// `otherwise` where the operation is not chosen. Always takes two numbers, so that ranges don't
/// change what is drawn for other operations.
double drawn(const DrawRange& range, double otherwise, core::RandomStream& random) {
    const bool chosen = random.chance(range.probability);
    const double value = random.uniform(range.low, range.high);
    return chosen ? value : otherwise;
}

/// A factor or exponent: as often below 1 as above, uniform on both sides.
double drawn_factor(const DrawRange& range, core::RandomStream& random) {
    const bool chosen = random.chance(range.probability);
    const double side = random.uniform(-1, 1);
    if (!chosen) return 1;
    return 1 + side * (side < 0 ? 1 - range.low : range.high - 1);
}

}  // namespace

AugmentationDraw draw_augmentation(core::AugmentationLevel level, bool mirrors,
                                   core::RandomStream& random) {
    const LevelRanges& ranges = ranges_of_level[static_cast<std::size_t>(level)];
    const bool mirrored = random.chance(0.5);
    AugmentationDraw draw;
    draw.warp = {.mirror = mirrored && mirrors && level != core::AugmentationLevel::none,
                 .angle = drawn(ranges.angle, 0, random) * std::numbers::pi / 180,
                 .scale = 1 / drawn(ranges.scale, 1, random),
                 .shear = drawn(ranges.shear, 0, random),
                 .elastic = drawn(ranges.elastic, 0, random)};
    draw.shading = {.bias = drawn(ranges.bias, 0, random),
                    .noise = drawn(ranges.noise, 0, random),
                    .blur = drawn(ranges.blur, 0, random),
                    .brightness = drawn_factor(ranges.brightness, random),
                    .contrast = drawn_factor(ranges.contrast, random),
                    .resolution = drawn(ranges.resolution, 1, random),
                    .inverted_gamma = drawn_factor(ranges.inverted_gamma, random),
                    .gamma = drawn_factor(ranges.gamma, random)};
    return draw;
}

}  // namespace msunet::data

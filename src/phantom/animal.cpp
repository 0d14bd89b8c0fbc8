// SPDX-License-Identifier: Apache-2.0
#include "animal.hpp"

#include "msunet/core/random.hpp"

namespace msunet::phantom {
namespace {

// Measured by eye on coronal slices of mice: olfactory bulbs, cerebrum, cerebellum, medulla.
constexpr std::array<Section, 15> typical_brain{{{-9.6, 0.05, 0.45, 0.35},
                                                 {-8.4, 0.10, 0.60, 0.30},
                                                 {-7.4, 1.25, 1.20, -0.70},
                                                 {-6.0, 1.85, 1.70, -1.30},
                                                 {-4.8, 2.35, 2.10, -1.80},
                                                 {-3.4, 3.90, 2.70, -2.70},
                                                 {-1.6, 4.85, 3.15, -3.25},
                                                 {0.4, 5.40, 3.35, -3.50},
                                                 {2.4, 5.35, 3.30, -3.40},
                                                 {4.2, 4.75, 3.15, -3.10},
                                                 {5.6, 4.05, 2.95, -2.95},
                                                 {7.0, 3.50, 2.55, -2.90},
                                                 {8.4, 2.50, 1.30, -2.90},
                                                 {9.6, 1.55, -0.30, -2.75},
                                                 {11.0, 1.30, -0.60, -2.60}}};

constexpr std::array<Section, 11> typical_head{{{-13.0, 1.2, 0.2, -4.0},
                                                {-11.0, 2.4, 1.2, -5.2},
                                                {-9.0, 3.6, 2.2, -6.4},
                                                {-7.0, 4.9, 3.2, -7.6},
                                                {-5.0, 6.1, 4.1, -8.6},
                                                {-2.5, 7.2, 4.8, -9.5},
                                                {0.0, 7.9, 5.1, -10.0},
                                                {3.0, 8.3, 5.3, -10.3},
                                                {6.0, 8.4, 5.3, -10.4},
                                                {9.0, 8.2, 5.1, -10.3},
                                                {12.0, 8.0, 4.8, -10.0}}};

}  // namespace

Animal::Animal(std::uint64_t seed)
    : coarse_(core::derive_seed(seed, {1})),
      fine_(core::derive_seed(seed, {2})),
      brain_(typical_brain),
      head_(typical_head) {
    core::RandomStream random(core::derive_seed(seed, {3}));
    const double size = random.uniform(0.94, 1.06);
    const double wide = size * random.uniform(0.95, 1.05);
    const double high = size * random.uniform(0.95, 1.05);
    const double length = size * random.uniform(0.96, 1.04);
    const double head_wide = wide * random.uniform(0.95, 1.04);
    const double scalp = random.uniform(-0.3, 0.4);
    const double chin = random.uniform(0.9, 1.05);
    for (Section& s : brain_) {
        s = {s.z * length, s.half_width * wide, s.top * high, s.bottom * high};
    }
    for (Section& s : head_) {
        s = {s.z * length, s.half_width * head_wide, s.top * high + scalp, s.bottom * high * chin};
    }
    eye_radius_ = 1.65 * size * random.uniform(0.92, 1.08);
    for (std::size_t side = 0; side < 2; ++side) {
        const double sign = side == 0 ? -1 : 1;
        eyes_[side] = {sign * (4.35 * wide + random.uniform(-0.1, 0.1)),
                       0.5 * high + random.uniform(-0.2, 0.2),
                       -5.9 * length + random.uniform(-0.2, 0.2)};
        ears_[side] = {sign * (4.9 * wide + random.uniform(-0.1, 0.1)),
                       -3.7 * high + random.uniform(-0.2, 0.2),
                       4.6 * length + random.uniform(-0.3, 0.3)};
    }
    fat_ = random.uniform(0.35, 0.9);
    skin_ = random.uniform(0.35, 0.5);
    skull_ = random.uniform(0.42, 0.58);
    fluid_ = random.uniform(0.14, 0.24);
    cortex_ = random.uniform(1.05, 1.3);
    ventricles_ = random.uniform(0.8, 1.4);
    tongue_ = random.uniform(1.9, 2.4) * wide;
    lumps_ = random.uniform(0.15, 0.25);
    outline_ = random.uniform(0.4, 0.8);
}

Sample Animal::at(const Point& p) const {
    const double depth = depth_in_head(p);
    if (depth <= 0.2) return outside_skull(p, depth);
    const BrainPlace place = place_in_brain(p);
    // Behind the medulla the cord continues, without being brain.
    const bool cord = p.z > brain_[13].z;
    if (place.distance < 0) {
        return cord ? Sample{Tissue::nerve, 0} : brain_at(p, place);
    }
    // Cisterns below the brain, thicker bone at the skull's base.
    const double below = smooth_step(place.section.bottom + 1.2, place.section.bottom, p.y);
    const double wander = coarse_.at(p, 1.7);
    const double fluid = fluid_ + 0.06 * wander + 0.12 * below;
    if (place.distance < fluid) return {Tissue::fluid, wander};
    const double bone = skull_ + 0.12 * coarse_.at(p, 2.3) + 0.25 * below;
    if (place.distance < fluid + bone) {
        const double middle = std::abs(place.distance - fluid - 0.5 * bone);
        const bool diploe = bone > 0.62 && middle < 0.5 * bone - 0.22;
        return {diploe ? Tissue::marrow : Tissue::bone, wander};
    }
    return outside_skull(p, depth);
}

}  // namespace msunet::phantom

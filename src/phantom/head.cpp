// SPDX-License-Identifier: Apache-2.0
// Everything outside the skull.
#include "animal.hpp"

namespace msunet::phantom {

double Animal::depth_in_head(const Point& p) const {
    const Section s = section_at(head_, p.z);
    const double centre = s.bottom + 0.52 * (s.top - s.bottom);
    const double up = p.y - centre;
    const double x = p.x / s.half_width;
    const double y = up > 0 ? up / (s.top - centre) : -up / (centre - s.bottom);
    const double shape = rounded(x, y, 0.9);
    const double radius = std::sqrt(p.x * p.x + up * up);
    const double depth = shape > 1e-3 ? radius * (1 / shape - 1) : s.half_width;
    return depth < 1.5 ? depth + outline_ * coarse_.at({p.x, p.y, 0.5 * p.z}, 3.7) : depth;
}

bool Animal::in_ear(const Point& p) const {
    const Point& ear = ears_[p.x < 0 ? 0 : 1];
    const double sign = p.x < 0 ? -1 : 1;
    // The flap: a tilted disc beside the head.
    const Point centre{ear.x + sign * 3.9, ear.y + 6.4, ear.z + 1.2};
    const double x = sign * (p.x - centre.x);
    const double y = p.y - centre.y;
    const double z = p.z - centre.z;
    const double along = 0.8 * y + 0.6 * x;
    const double across = 0.8 * x - 0.6 * y + 0.1 * (along * along);
    return std::abs(across) < 0.22 && along * along / 5.0 + z * z / 4.0 < 1;
}

Sample Animal::eye_at(const Point& p, bool& found) const {
    const std::size_t side = p.x < 0 ? 0 : 1;
    const double sign = side == 0 ? -1 : 1;
    const Point& eye = eyes_[side];
    const double r = eye_radius_;
    const double place = ellipsoid(p, eye, {r, r, r});
    found = true;
    if (place < 1) {
        const Point lens{eye.x + 0.42 * r * sign, eye.y + 0.05, eye.z - 0.1};
        if (ellipsoid(p, lens, {0.5 * r, 0.56 * r, 0.56 * r}) < 1) return {Tissue::lens, 0};
        return {place > 0.84 ? Tissue::bone : Tissue::vitreous, 0};  // the sclera is as dark
    }
    // The gland behind it.
    const Point behind{eye.x - 0.75 * r * sign, eye.y - 0.55 * r, eye.z + 0.5 * r};
    if (ellipsoid(p, behind, {0.95 * r, 0.8 * r, 1.1 * r}) < 1) {
        return {Tissue::gland, fine_.at(p, 0.6)};
    }
    found = false;
    return {};
}

Sample Animal::outside_skull(const Point& p, double depth) const {
    if (depth <= 0) {
        if (depth > -4 && in_ear(p)) return {Tissue::skin, fine_.at(p, 0.8)};
        return {Tissue::air, 0};
    }
    bool found = false;
    if (p.z < eyes_[0].z + 3.2) {
        const Sample eye = eye_at(p, found);
        if (found) return eye;
    }

    // The ear's bony bulla, filled with air, and its canal to the surface.
    const Point& ear = ears_[p.x < 0 ? 0 : 1];
    const double bulla = ellipsoid(p, ear, {1.35, 1.25, 1.7});
    if (bulla < 1) return {bulla < 0.6 ? Tissue::air : Tissue::bone, 0};
    if (std::abs(p.x) > std::abs(ear.x)) {
        const double rise = 0.55 * (std::abs(p.x) - std::abs(ear.x));
        const double canal = length_of(p.y - ear.y - rise, p.z - ear.z - 0.3 * rise);
        if (canal < 0.42) return {Tissue::air, 0};
        if (canal < 0.75) return {Tissue::skin, 0};
    }

    if (depth < skin_) return {Tissue::skin, 0.6 * fine_.at(p, 0.7) + 0.4 * coarse_.at(p, 2.6)};

    // Airways, mouth, tongue.
    const double airway = length_of(p.x, p.y + 4.9);
    if (p.z > -3.5 && airway < 0.75) {
        return {airway < 0.5 ? Tissue::air : Tissue::mucosa, 0};
    }
    if (p.z < -4.6 && std::abs(p.x) < 2.3 && p.y < -1.7 && p.y > -4.6) {
        // Turbinates: scrolls of mucosa in air.
        const double scroll =
            std::sin(6.5 * std::abs(p.x) + 3.5 * std::sin(2.2 * p.y) + 1.5 * coarse_.at(p, 1.3));
        return {scroll > -0.1 ? Tissue::mucosa : Tissue::air, 0.5 * scroll};
    }
    if (p.z < 3.5) {
        const double tongue = ellipsoid(p, {0, -7.1, -3}, {tongue_, 1.25, 6.4});
        if (tongue < 1) return {Tissue::tongue, std::sin(9 * p.x) + 0.4 * fine_.at(p, 0.5)};
        if (tongue < 1.32 && p.y > -7.1) return {Tissue::air, 0};
    }

    // Jaws, cheek bones: dark shells with marrow.
    const double side = std::abs(p.x);
    const double jaw = length_of((side - 3.9 - 0.22 * p.z) / 0.62, (p.y + 6.9 - 0.25 * p.z) / 1.3);
    if (p.z < 3.8 && jaw < 1) return {jaw < 0.55 ? Tissue::marrow : Tissue::bone, 0};
    const double cheek = length_of((side - 6.3 - 0.1 * p.z) / 0.36, (p.y + 1.9) / 0.6);
    if (p.z > -5.5 && p.z < 2.5 && cheek < 1) return {Tissue::bone, 0};

    // Trigeminal nerves under the brain, glands in the neck and the cheek.
    if (length_of((side - 3.1) / 0.75, (p.y + 4.55) / 0.5) < 1 && p.z > -3 && p.z < 4) {
        return {Tissue::nerve, fine_.at(p, 0.7)};
    }
    const double neck = ellipsoid({side, p.y, p.z}, {3.3, -8.4, 5.2}, {2.4, 1.3, 3.2});
    const double cheek_gland = ellipsoid({side, p.y, p.z}, {6.7, -5.2, 4.6}, {1.1, 2.3, 2.6});
    if (std::min(neck, cheek_gland) < 1) {
        return {Tissue::gland, 0.7 * fine_.at(p, 0.5) + 0.3 * coarse_.at(p, 1.4)};
    }
    return soft_tissue_at(p, depth);
}

Sample Animal::soft_tissue_at(const Point& p, double depth) const {
    const double region = coarse_.at(p, 3.4);
    const double ventral = smooth_step(-1, -8, p.y);
    if (depth < skin_ + fat_ * (0.6 + 0.9 * ventral + 0.6 * region)) {
        return {Tissue::fat, fine_.at(p, 0.9)};
    }
    // Fat between muscles.
    const double border = coarse_.at({p.x, p.y, 0.35 * p.z}, 1.6);
    if (std::abs(border) < 0.05 + 0.05 * ventral) return {Tissue::fat, 0.4 * region - 0.3};
    const double fibres = fine_.at({p.x * 1.8, p.y * 0.7, p.z * 0.5}, 0.6);
    return {Tissue::muscle, 0.55 * border / std::abs(border) * std::abs(region) + 0.45 * fibres};
}

}  // namespace msunet::phantom

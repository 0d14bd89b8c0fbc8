// SPDX-License-Identifier: Apache-2.0
// The brain's surface and what lies below it.
#include "animal.hpp"

namespace msunet::phantom {

BrainPlace Animal::place_in_brain(const Point& p) const {
    BrainPlace place;
    place.section = section_at(brain_, p.z);
    Section& s = place.section;
    place.centre = s.bottom + 0.47 * (s.top - s.bottom);
    if (p.z < brain_[1].z || s.half_width < 0.15) {
        place.distance = 2 + std::abs(p.x) + std::abs(p.y);
        return place;
    }
    // The olfactory bulbs are two lobes.
    const double lobes = smooth_step(brain_[4].z + 0.9, brain_[4].z - 0.3, p.z);
    const double lobe_centre = 0.5 * s.half_width * lobes;
    const double side = std::abs(p.x) - lobe_centre;
    const double up = p.y - place.centre;
    double x = side / (s.half_width - lobe_centre);
    double y = up > 0 ? up / (s.top - place.centre) : -up / (place.centre - s.bottom);
    if (up > 0) {
        // The cleft between the hemispheres.
        const double cleft = p.x / 0.45;
        y *= 1 + 0.09 * (1 - lobes) / (1 + cleft * cleft * cleft * cleft);
    } else {
        x *= 1 + 0.22 * y * y * (1 - lobes);
    }
    const double shape = rounded(x, y, 1.25);
    const double radius = std::sqrt(side * side + up * up);
    place.distance = shape > 1e-3 ? radius * (1 - 1 / shape)
                                  : -std::min(s.half_width - lobe_centre, s.top - place.centre);
    if (place.distance > -0.6 && place.distance < 2.5) {
        place.distance += lumps_ * coarse_.at(p, 2.1) + 0.35 * lumps_ * fine_.at(p, 0.9);
    }
    return place;
}

Sample Animal::brain_at(const Point& p, const BrainPlace& place) const {
    const Section& s = place.section;
    const double depth = -place.distance;
    const double side = std::abs(p.x) / s.half_width;
    const double up = p.y - place.centre;
    const double height = up / (s.top - place.centre);
    const double grain = fine_.at(p, 0.7);
    const double vary = 0.5 * grain + 0.5 * coarse_.at(p, 1.9);
    const double caudal = brain_[9].z;  // where the hemispheres end

    if (p.z < brain_[4].z + 0.2) {  // layers of the bulb
        const bool layer = depth > 0.35 && depth < 0.6;
        return {layer ? Tissue::white : Tissue::bulb, vary};
    }
    if (p.z > caudal + 0.7 + 0.4 * height + 0.15 * grain) {
        if (up > -0.3 * (place.centre - s.bottom)) {
            const double fourth =
                ellipsoid(p, {0, place.centre - 0.25, caudal + 2}, {0.75, 0.35, 1.4});
            if (fourth < 1) return {Tissue::ventricle, 0};
            // Folia: thin white branches in grey.
            const double phase = 12 * height + 3.5 * depth + 4 * side * side + coarse_.at(p, 1.2);
            const bool branch = depth > 0.35 && std::sin(phase) > 0.45;
            return {branch ? Tissue::white : Tissue::cerebellum, vary};
        }
        return {Tissue::brainstem, vary};
    }
    if (p.z > caudal - 0.6 && up < -0.25) return {Tissue::brainstem, vary};

    const double mantle = cortex_ * (0.55 + 0.45 * smooth_step(-0.7, 0.1, height));
    if (depth < mantle) {
        // Layers: brighter in the middle.
        const double layer = depth / mantle;
        return {Tissue::cortex, 0.6 * vary + 1.2 * layer * (1 - layer) - 0.2};
    }
    if (depth < mantle + 0.3 && height > -0.45) return {Tissue::white, vary};

    const double large = ventricles_;
    if (p.z > -2.6 && p.z < 3.0) {
        const double tilt = 0.45 * (std::abs(p.x) - 0.27 * s.half_width);
        const double x = (std::abs(p.x) - 0.27 * s.half_width) / (0.75 * large);
        const double y = (up - 0.36 * (s.top - place.centre) + tilt) / (0.24 * large);
        if (x * x + y * y < 1) return {Tissue::ventricle, 0};
    }
    if (std::abs(p.x) < 0.13 * large && p.y > s.bottom + 0.5 && up < 0.4 && p.z > -1.6) {
        return {Tissue::ventricle, 0};
    }
    if (p.z > 0.1 && depth < mantle + 1.35 && height > -0.4 && side > 0.06) {
        const bool line = std::abs(depth - mantle - 0.75) < 0.1;
        return {line ? Tissue::white : Tissue::hippocampus, vary};
    }
    if (side > 0.5 && side < 0.57 && p.z > -1.2 && p.z < 2.2) return {Tissue::white, vary};
    return {Tissue::deep_grey, vary + (p.z < 0.1 ? 0.5 * grain : -0.3)};
}

}  // namespace msunet::phantom

// SPDX-License-Identifier: Apache-2.0
#include "contrast.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace msunet::phantom {
namespace {

// In the order of Tissue:
// air, skin, fat, muscle, tongue, bone, marrow, gland, nerve, mucosa, vitreous, lens, fluid,
// ventricle, cortex, white, deep grey, hippocampus, brainstem, cerebellum, bulb.
constexpr Signals t2_weighted{0,  86,  128, 80,  84, 10, 74, 118, 92,  104, 175,
                              22, 118, 160, 100, 76, 90, 97, 82,  101, 104};
constexpr Signals echo_planar{0,  114, 110, 110, 108, 8,  60, 118, 98, 70, 135,
                              20, 52,  118, 100, 84,  92, 97, 86,  96, 94};
constexpr Signals diffusion_mean{0,  92, 104, 96, 94,  7,  70, 112, 112, 72, 40,
                                 58, 26, 34,  94, 112, 98, 94, 108, 96,  92};
constexpr Signals without_weighting{0,  92,  90,  90,  88, 9,  66, 118, 96,  94, 165,
                                    24, 120, 158, 100, 80, 92, 98, 86,  100, 102};
/// Attenuation exponents at the strongest weighting, and their share that depends on direction.
constexpr Signals attenuation{0,    0.4, 0.15, 0.45, 0.5, 0.2,  0.2, 0.5, 0.5,  0.9, 2.2,
                              0.25, 2.0, 2.2,  0.6,  0.5, 0.55, 0.6, 0.5, 0.58, 0.6};
constexpr Signals anisotropy{0,   0.05, 0, 0.25, 0.3, 0,    0,   0.05, 0.4,  0.05, 0,
                             0.1, 0,    0, 0.08, 0.5, 0.15, 0.1, 0.35, 0.15, 0.1};

constexpr Signals varies{0,    0.15, 0.14, 0.26, 0.14, 0.3,  0.15, 0.18, 0.08, 0.2, 0.02,
                         0.02, 0.12, 0.03, 0.07, 0.06, 0.06, 0.06, 0.07, 0.07, 0.08};

/// An unweighted picture, then eight along different directions.
std::vector<Signals> diffusion_frames() {
    std::vector<Signals> frames{without_weighting};
    for (int direction = 0; direction < 8; ++direction) {
        Signals signals{};
        const double strength = direction % 2 == 0 ? 0.6 : 1.0;
        const double phase = std::numbers::pi * direction / 8;
        for (std::size_t t = 0; t < tissue_count; ++t) {
            const double along =
                1 + anisotropy[t] * std::cos(2 * phase + 0.7 * static_cast<double>(t));
            signals[t] = without_weighting[t] * std::exp(-strength * attenuation[t] * along);
        }
        frames.push_back(signals);
    }
    return frames;
}

}  // namespace

const Signals& variation() { return varies; }

Protocol protocol_of(core::Modality modality, double scale) {
    Protocol protocol;
    switch (modality) {
        case core::Modality::dti:
            protocol.size = {96, 96, 14};
            protocol.spacing = {0.2, 0.2, 1.0};
            protocol.centre = -1.6;
            protocol.frames = {diffusion_mean};
            protocol.bias = 0.25;
            protocol.noise = 4.5;
            protocol.distortion = 0.35;
            protocol.ghost = 0.02;
            protocol.gain = 0.013;
            break;
        case core::Modality::noddi:
            protocol.size = {72, 72, 14};
            protocol.spacing = {0.25, 0.25, 1.0};
            protocol.centre = -1.4;
            protocol.frames = diffusion_frames();
            protocol.bias = 0.2;
            protocol.noise = 4;
            protocol.distortion = 0.4;
            protocol.ghost = 0.02;
            protocol.gain = 90;
            protocol.stored = io::StoredAs::int16;
            protocol.inside = 255;
            break;
        case core::Modality::fmri:
        case core::Modality::regwarp:
            protocol.size = {80, 80, 14};
            protocol.spacing = {0.25, 0.25, 1.0};
            protocol.centre = -1.0;
            protocol.frames = {echo_planar};
            protocol.coil = 30;
            protocol.bias = 0.14;
            protocol.noise = 3;
            protocol.distortion = 1.3;
            protocol.ghost = 0.035;
            protocol.gain = 0.6;
            break;
        case core::Modality::anatomical:
            protocol.size = {128, 128, 20};
            protocol.spacing = {0.15, 0.15, 0.75};
            protocol.centre = -2.2;
            protocol.frames = {t2_weighted};
            protocol.bias = 0.3;
            protocol.noise = 3.5;
            protocol.gain = 110;
            protocol.stored = io::StoredAs::int16;
            break;
    }
    for (std::size_t i = 0; i < 2; ++i) {
        const double extent = static_cast<double>(protocol.size[i]) * protocol.spacing[i];
        const double scaled = std::round(scale * static_cast<double>(protocol.size[i]));
        protocol.size[i] = std::max<std::size_t>(8, static_cast<std::size_t>(scaled));
        protocol.spacing[i] = extent / static_cast<double>(protocol.size[i]);
    }
    return protocol;
}

}  // namespace msunet::phantom

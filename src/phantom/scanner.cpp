// SPDX-License-Identifier: Apache-2.0
#include "scanner.hpp"

#include <numbers>

#include "msunet/core/random.hpp"

namespace msunet::phantom {
namespace {

/// Points in a voxel, along x, y, z: slices are thick.
constexpr std::array<int, 3> points_in_voxel{2, 2, 3};

/// How the animal lies: small rotations about its own middle, and a shift.
class Pose {
public:
    explicit Pose(core::RandomStream& random) {
        const auto angle = [&](double degrees) {
            return random.uniform(-degrees, degrees) * std::numbers::pi / 180;
        };
        roll_ = angle(6);
        pitch_ = angle(4);
        yaw_ = angle(3);
        shift_ = {random.uniform(-0.7, 0.7), random.uniform(-0.6, 0.6), random.uniform(-0.5, 0.5)};
        cosines_ = {std::cos(roll_), std::cos(pitch_), std::cos(yaw_)};
        sines_ = {std::sin(roll_), std::sin(pitch_), std::sin(yaw_)};
    }

    Point in_animal(Point p) const {
        p = {p.x - shift_.x, p.y - shift_.y, p.z - shift_.z};
        p = {cosines_.x * p.x - sines_.x * p.y, sines_.x * p.x + cosines_.x * p.y, p.z};
        p = {p.x, cosines_.y * p.y - sines_.y * p.z, sines_.y * p.y + cosines_.y * p.z};
        return {cosines_.z * p.x + sines_.z * p.z, p.y, -sines_.z * p.x + cosines_.z * p.z};
    }

private:
    double roll_ = 0;
    double pitch_ = 0;
    double yaw_ = 0;
    Point shift_;
    Point cosines_;
    Point sines_;
};

/// The effect of the air in the ears on echo-planar images: shifts along y, which concentrate or
/// dilute the signal, and signal loss.
class Susceptibility {
public:
    Susceptibility(const Animal& animal, double millimetres)
        : ears_(animal.ears()), millimetres_(millimetres) {}

    struct Effect {
        double shift = 0;   ///< mm along y to where the signal comes from
        double signal = 1;  ///< factor
    };

    Effect at(const Point& p) const {
        Effect effect;
        if (millimetres_ == 0) return effect;
        constexpr double reach = 2.3;  // mm
        double slope = 0;
        double lost = 0;
        for (const Point& ear : ears_) {
            const double y = (p.y - ear.y) / reach;
            const double r2 = ellipsoid(p, ear, {0.9 * reach, reach, 1.2 * reach});
            const double field = millimetres_ * std::exp(-0.5 * r2);
            effect.shift -= field;
            slope += field * y / reach;
            lost += std::exp(-1.1 * r2);
        }
        effect.signal = std::clamp(1 + 3 * slope, 0.4, 3.0) *
                        std::max(0.1, 1 - 0.5 * std::min(1.0, millimetres_) * lost);
        return effect;
    }

private:
    std::array<Point, 2> ears_;
    double millimetres_;
};

/// A smooth field of factors about 1: the coil's sensitivity and a random quadratic.
class Bias {
public:
    Bias(const Protocol& protocol, core::RandomStream& random) : coil_(protocol.coil) {
        for (double& c : coefficients_) c = protocol.bias * random.uniform(-1, 1);
    }

    double at(const Point& p) const {
        const double x = p.x / 10;
        const double y = p.y / 10;
        const double z = p.z / 8;
        double exponent = coefficients_[0] * x + coefficients_[1] * y + coefficients_[2] * z +
                          coefficients_[3] * x * x + coefficients_[4] * x * y +
                          coefficients_[5] * y * y;
        // A surface coil above the head.
        if (coil_ > 0) exponent += (p.y - 0.04 * p.x * p.x) / coil_;
        return std::exp(exponent);
    }

private:
    double coil_;
    std::array<double, 6> coefficients_{};
};

/// The content of a voxel: the share of each tissue, weighted by the tissue's local variation.
struct Content {
    Signals weights{};
    double brain = 0;
};

Content content_of(const Animal& animal, const Pose& pose, const Point& centre,
                   const std::array<double, 3>& spacing, double shift) {
    Content content;
    const auto [nx, ny, nz] = points_in_voxel;
    const double share = 1.0 / (nx * ny * nz);
    for (int k = 0; k < nz; ++k) {
        for (int j = 0; j < ny; ++j) {
            for (int i = 0; i < nx; ++i) {
                const Point p{centre.x + spacing[0] * ((i + 0.5) / nx - 0.5),
                              centre.y + spacing[1] * ((j + 0.5) / ny - 0.5) + shift,
                              centre.z + spacing[2] * ((k + 0.5) / nz - 0.5)};
                const Sample sample = animal.at(pose.in_animal(p));
                const auto tissue = static_cast<std::size_t>(sample.tissue);
                content.weights[tissue] += share * (1 + variation()[tissue] * sample.variation);
                if (is_brain(sample.tissue)) content.brain += share;
            }
        }
    }
    return content;
}

core::Volume empty_volume(const Protocol& protocol) {
    core::Volume volume;
    volume.size = protocol.size;
    volume.spacing = protocol.spacing;
    // Coronal slices: x to the left, y down, z to the back; the middle of the volume is (0, 0, 0).
    volume.direction = {1, 0, 0, 0, 0, 1, 0, -1, 0};
    std::array<double, 3> half{};
    for (std::size_t i = 0; i < 3; ++i) {
        half[i] = 0.5 * (static_cast<double>(volume.size[i]) - 1) * volume.spacing[i];
    }
    volume.origin = {-half[0], -half[2], half[1]};
    volume.voxels.assign(volume.voxel_count(), 0.0F);
    return volume;
}

/// The ghost of echo-planar images: a weak copy, half an image further along y.
void add_ghost(core::Volume& volume, double share) {
    if (share == 0) return;
    const std::vector<float> before = volume.voxels;
    const auto [nx, ny, nz] = volume.size;
    for (std::size_t z = 0; z < nz; ++z) {
        for (std::size_t y = 0; y < ny; ++y) {
            const std::size_t from = (z * ny + (y + ny / 2) % ny) * nx;
            float* to = volume.voxels.data() + (z * ny + y) * nx;
            for (std::size_t x = 0; x < nx; ++x) {
                to[x] += static_cast<float>(share) * before[from + x];
            }
        }
    }
}

/// The magnitude of a signal with normal noise in both channels (Rice's distribution).
void add_noise(core::Volume& volume, double deviation, std::uint64_t seed) {
    core::RandomStream random(seed);
    for (float& voxel : volume.voxels) {
        const double real = voxel + deviation * random.normal();
        const double imaginary = deviation * random.normal();
        voxel = static_cast<float>(std::sqrt(real * real + imaginary * imaginary));
    }
}

}  // namespace

Scan scan(const Animal& animal, const Protocol& protocol, std::uint64_t seed) {
    core::RandomStream random(core::derive_seed(seed, {0}));
    const Pose pose(random);
    const Bias bias(protocol, random);
    const Susceptibility susceptibility(animal, protocol.distortion);
    Scan result;
    result.mask = empty_volume(protocol);
    result.frames.assign(protocol.frames.size(), result.mask);
    const auto [nx, ny, nz] = protocol.size;
    const auto place = [&](std::size_t axis, std::size_t i) {
        const double middle = 0.5 * (static_cast<double>(protocol.size[axis]) - 1);
        return (static_cast<double>(i) - middle) * protocol.spacing[axis];
    };
    std::size_t voxel = 0;
    for (std::size_t z = 0; z < nz; ++z) {
        for (std::size_t y = 0; y < ny; ++y) {
            for (std::size_t x = 0; x < nx; ++x, ++voxel) {
                const Point centre{place(0, x), protocol.centre - place(1, y), place(2, z)};
                const auto [shift, signal] = susceptibility.at(pose.in_animal(centre));
                const Content content = content_of(animal, pose, centre, protocol.spacing, shift);
                const double factor = signal * bias.at(centre);
                for (std::size_t f = 0; f < protocol.frames.size(); ++f) {
                    double sum = 0;
                    for (std::size_t t = 0; t < tissue_count; ++t) {
                        sum += content.weights[t] * protocol.frames[f][t];
                    }
                    result.frames[f].voxels[voxel] = static_cast<float>(factor * sum);
                }
                result.mask.voxels[voxel] = content.brain > 0.5 ? 1.0F : 0.0F;
            }
        }
    }
    for (std::size_t f = 0; f < result.frames.size(); ++f) {
        core::Volume& frame = result.frames[f];
        add_ghost(frame, protocol.ghost);
        add_noise(frame, protocol.noise, core::derive_seed(seed, {1, f}));
        for (float& value : frame.voxels) value *= static_cast<float>(protocol.gain);
    }
    return result;
}

}  // namespace msunet::phantom

// SPDX-License-Identifier: Apache-2.0
/// \file
/// Which copies are made and how: a pure function of options, seed and pairs, without voxels.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "msunet/imaging/options.hpp"

namespace msunet::imaging {

/// Rigid motion about the volume's centre.
struct Rotation {
    std::array<double, 3> angles{};       ///< about x, y, z; radians
    std::array<double, 3> translation{};  ///< mm
};

/// Scaling, then a shear, about the volume's centre.
struct Affine {
    std::array<double, 3> scale{1, 1, 1};
    std::size_t shear_axis = 0;   ///< this coordinate grows by shear x the other one
    std::size_t shear_along = 1;  ///< the other axis
    double shear = 0;
};

/// Additive Gaussian noise.
struct Noise {
    std::uint64_t seed = 0;        ///< of the normal numbers, one for each voxel in order
    double relative_sigma = 0.01;  ///< sigma / 99th percentile of the volume
};

/// Adaptive histogram equalisation, ITK's definition.
struct Contrast {
    double alpha = 0.9;
    double beta = 0.5;
    std::size_t radius = 5;  ///< voxels, along each axis
};

/// One augmented copy of a pair: the operations that are set, in this order.
struct AugmentedCopy {
    std::uint32_t pair = 0;
    std::uint32_t copy = 0;  ///< number among the pair's copies
    std::optional<Rotation> rotation;
    std::optional<Affine> affine;
    std::optional<Noise> noise;
    std::optional<Contrast> contrast;
};

/// Largest angle (radians), translation (mm), change of scale and shear that are drawn.
inline constexpr double largest_angle = 3.14159265358979323846 / 100;
inline constexpr double largest_translation = 0.5;
inline constexpr double largest_scale_change = 0.05;
inline constexpr double largest_shear = 0.1;

/// The copies of one pair, none if it is not chosen. Every draw depends on (seed, pair, copy,
/// operation) alone.
[[nodiscard]] std::vector<AugmentedCopy> copies_of_pair(const AugmentOptions& options,
                                                        std::uint64_t seed, std::uint32_t pair);

/// The copies of `pairs` (the numbers of those that may be augmented), in their order.
[[nodiscard]] std::vector<AugmentedCopy> plan_augmentation(const AugmentOptions& options,
                                                           std::uint64_t seed,
                                                           std::span<const std::uint32_t> pairs);

/// True if a name contains "augmented": the folder holds copies already, so none are to be made.
[[nodiscard]] bool already_augmented(std::span<const std::string> file_names);

}  // namespace msunet::imaging

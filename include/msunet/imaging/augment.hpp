// SPDX-License-Identifier: Apache-2.0
/// \file
/// Augmentation of volumes. Transforms work on the grid with origin 0 and identity direction, about
/// its centre, with linear interpolation and 0 outside; the volume keeps its own geometry.
#pragma once

#include "msunet/core/volume.hpp"
#include "msunet/imaging/augment_plan.hpp"

namespace msunet::imaging {

/// Applies `copy` to a scan and its {0,1} mask of the same size. Only rotation and affine
/// are applied to the mask, which is made binary again after each (> 0.6).
void apply(const AugmentedCopy& copy, core::Volume& volume, core::Volume& mask);

/// `volume` rotated and translated.
[[nodiscard]] core::Volume rotate(const core::Volume& volume, const Rotation& rotation);

/// `volume` scaled and sheared.
[[nodiscard]] core::Volume transform(const core::Volume& volume, const Affine& affine);

/// Adds Gaussian noise.
void add_noise(core::Volume& volume, const Noise& noise);

/// ITK's AdaptiveHistogramEqualizationImageFilter, several times as fast; equal within 1e-6 of the
/// volume's range.
[[nodiscard]] core::Volume equalise(const core::Volume& volume, const Contrast& contrast);

}  // namespace msunet::imaging

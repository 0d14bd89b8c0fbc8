// SPDX-License-Identifier: Apache-2.0
/// Augmentation of volumes. Transforms take the grid with origin 0 and identity direction, turn
/// about its centre, interpolate linearly, 0 outside; the volume's own geometry stays as it was.
#pragma once

#include "msunet/core/volume.hpp"
#include "msunet/imaging/augment_plan.hpp"

namespace msunet::imaging {

/// Applies `copy` to a scan and its {0,1} mask of the same size. The mask sees rotation and affine
/// only, and is binary again after each (> 0.6).
void apply(const AugmentedCopy& copy, core::Volume& volume, core::Volume& mask);

/// `volume` turned and moved.
core::Volume rotate(const core::Volume& volume, const Rotation& rotation);

/// `volume` scaled and sheared.
core::Volume transform(const core::Volume& volume, const Affine& affine);

/// Adds Gaussian noise.
void add_noise(core::Volume& volume, const Noise& noise);

/// ITK's AdaptiveHistogramEqualizationImageFilter, several times as fast: equal within 1e-6 of the
/// volume's range.
core::Volume equalise(const core::Volume& volume, const Contrast& contrast);

}  // namespace msunet::imaging

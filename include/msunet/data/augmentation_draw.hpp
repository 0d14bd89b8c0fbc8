// SPDX-License-Identifier: Apache-2.0
/// \file
/// What is drawn for one sample of one epoch. Probabilities and ranges of `strong` are those of
/// nnU-Net's default trainer (nnUNetTrainer.get_training_transforms of version 2; the method:
/// Isensee et al. 2021, doi:10.1038/s41592-020-01008-z), but rotations are of at most 30° as for
/// its 3-D data, since animals lie alike, one axis is mirrored, and a blur is the same along both
/// axes; shear, elastic deformation and bias field are added. `light` has smaller ranges and none
/// of the operations that blur or bend. docs/behaviour.md has the table.
#pragma once

#include "msunet/core/augmentation_level.hpp"
#include "msunet/core/random.hpp"

namespace msunet::data {

/// A transform of the plane about the centre of a window, in pixels.
struct Warp {
    bool mirror = false;  ///< columns are reversed
    double angle = 0;     ///< radians, from the columns' axis to the rows'
    double scale = 1;     ///< above 1 magnifies
    double shear = 0;     ///< shift of a row in columns by its distance from the centre
    /// Standard deviation of the control points of the elastic deformation, as a share of the
    /// window's sides; 0: none.
    double elastic = 0;

    friend bool operator==(const Warp&, const Warp&) = default;
};

/// Changes of the values of a window, in the order in which they are applied.
struct Shading {
    double bias = 0;        ///< largest exponent of the bias field; 0: none
    double noise = 0;       ///< deviation of Gaussian noise, as a share of the window's; 0: none
    double blur = 0;        ///< standard deviation of the Gaussian in pixels; 0: none
    double brightness = 1;  ///< factor
    double contrast = 1;    ///< factor of the distance from the mean
    double resolution = 1;  ///< share of the pixels that are sampled along each side
    double inverted_gamma = 1;  ///< exponent, on inverted values
    double gamma = 1;           ///< exponent

    friend bool operator==(const Shading&, const Shading&) = default;
};

/// What happens to a sample.
struct AugmentationDraw {
    Warp warp;
    Shading shading;
};

/// Draws for a level; nothing happens with `none`. `mirrors`: columns may be reversed, with
/// probability 0.5.
[[nodiscard]] AugmentationDraw draw_augmentation(core::AugmentationLevel level, bool mirrors,
                                                 core::RandomStream& random);

}  // namespace msunet::data

// SPDX-License-Identifier: Apache-2.0
/// \file
/// The appearance of tissue in each modality, and the grid of its scans.
#pragma once

#include <array>
#include <vector>

#include "msunet/core/modality.hpp"
#include "msunet/io/nifti_writer.hpp"
#include "tissue.hpp"

namespace msunet::phantom {

/// A brightness of each tissue.
using Signals = std::array<double, tissue_count>;

/// One kind of scan.
struct Protocol {
    std::array<std::size_t, 3> size{};
    std::array<double, 3> spacing{};
    double centre = 0;            ///< y of the field of view's centre in the animal, mm
    std::vector<Signals> frames;  ///< grey matter is about 100 in the first
    double coil = 0;              ///< mm over which the coil's sensitivity falls to 1/e; 0: none
    double bias = 0;              ///< strength of the smooth random bias field
    double noise = 0;             ///< deviation of each channel, in units of signal
    double distortion = 0;        ///< mm by which the ears shift the picture
    double ghost = 0;             ///< share of the signal that appears half a picture away
    double gain = 1;              ///< stored value of a signal of 1
    io::StoredAs stored = io::StoredAs::float32;
    float inside = 1;  ///< how the mask file marks brain
};

/// The protocol of anatomical, dti, noddi or fmri scans with the matrix `scale` times as large.
Protocol protocol_of(core::Modality modality, double scale);

/// By how much a tissue varies about its signal, as a share of it.
const Signals& variation();

}  // namespace msunet::phantom

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "msunet/core/random.hpp"
#include "msunet/data/augmentation_draw.hpp"

namespace msunet::data {

/// The values of a window, row-major.
struct Pixels {
    std::size_t height = 0;
    std::size_t width = 0;
    std::vector<float> values;
};

/// Changes the values as drawn. Gamma keeps the mean and the standard deviation, contrast the
/// range; beyond the border values are those of the border. `random` gives bias field and noise.
void shade(Pixels& pixels, const Shading& shading, core::RandomStream& random);

}  // namespace msunet::data

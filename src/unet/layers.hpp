// SPDX-License-Identifier: Apache-2.0
/// \file
/// From a description to the layers in Keras's order.
#pragma once

#include <cstddef>
#include <vector>

#include "msunet/unet/architecture.hpp"

namespace msunet::unet {

/// All layers, and the index of the one whose output is the bottleneck.
struct LayerList {
    std::vector<Layer> layers;
    std::size_t bottleneck = 0;
};

/// Throws std::invalid_argument for a description that makes no network.
[[nodiscard]] LayerList make_layers(const Description& description);

}  // namespace msunet::unet

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "msunet/unet/architecture.hpp"

namespace msunet::unet {

/// In what the functional model of a Keras JSON, of any version, computes something else than the
/// network, one line for each layer, naming the layer as the file and as the network do. Compared
/// are the layers with weights, in their order: class, strides, padding, activation, the constants
/// of BatchNorm, and what each reads through layers without weights. An activation may be
/// a layer of its own. Not compared: dropout, what trains, the activation of the last layer, sizes
/// (h5::match_start_model compares shapes). Empty where the JSON is of another form.
[[nodiscard]] std::vector<std::string> differences_from(const Architecture& architecture,
                                                        std::string_view keras_json);

}  // namespace msunet::unet

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "msunet/unet/hyperparameters.hpp"

namespace msunet::unet {

/// The Keras version whose formats are written.
inline constexpr const char* keras_version = "2.15.0";
/// Name of the model in its configuration, as the published trainer calls it.
inline constexpr const char* keras_model_name = "mouseSegUNET";

/// The network as Keras's JSON of a functional model (`model.to_json()`), for `model_config` and
/// the Deploy archive; `keras.models.model_from_json` takes it without custom objects. Input
/// (height, width, 1); a side that is not given is free. Dropout rate, final activation and which
/// layers train come from the hyperparameters.
[[nodiscard]] std::string keras_model_json(const Hyperparameters& hyperparameters,
                                           std::optional<std::int64_t> height,
                                           std::optional<std::int64_t> width);

}  // namespace msunet::unet

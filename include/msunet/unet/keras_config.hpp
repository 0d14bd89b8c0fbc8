// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "msunet/unet/architecture.hpp"
#include "msunet/unet/hyperparameters.hpp"

namespace msunet::unet {

/// The Keras version whose formats are written.
inline constexpr const char* keras_version = "2.15.0";

/// The network as Keras's JSON of a functional model (`model.to_json()`), for `model_config` and
/// the Deploy archive; `keras.models.model_from_json` takes it without custom objects, in Keras
/// from 2.2 to 3, by itself or in TensorFlow. Input (height, width, channels); a side that is not
/// given is free. Dropout rate, final activation and which layers train come from the
/// hyperparameters.
[[nodiscard]] std::string keras_model_json(const Architecture& architecture,
                                           const Hyperparameters& hyperparameters,
                                           std::optional<std::int64_t> height,
                                           std::optional<std::int64_t> width);

/// What a Keras model's JSON says of its ends; what it does not say, or says in a form that is not
/// known here, is left out.
struct KerasModelFacts {
    std::optional<std::int64_t> input_height, input_width;  ///< nothing: any
    std::optional<std::string> final_activation;            ///< of the last layer that has one
};

/// Reads a functional or sequential model's JSON of any Keras version.
[[nodiscard]] KerasModelFacts read_keras_model_json(std::string_view json);

}  // namespace msunet::unet

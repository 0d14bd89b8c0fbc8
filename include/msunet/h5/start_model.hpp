// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "msunet/core/named_array.hpp"
#include "msunet/h5/keras_file.hpp"

namespace msunet::h5 {

/// A start model's weights under the network's own names.
struct MatchedModel {
    std::vector<core::NamedArray> weights;
    /// Layers whose name in the file differs, as "found for wanted", for a line in the log.
    std::vector<std::string> renamed;
};

/// Gives the network's tensors (`wanted`: name and shape; values are not looked at) the file's
/// weights by order and shape, as Keras does; names are ignored. Throws `core::InputError` naming
/// file, layer, expected and found shape, or the counts where the number of layers or of a layer's
/// weights differs, or the tensor that holds NaN, infinity or a negative
/// variance.
[[nodiscard]] MatchedModel match_start_model(const KerasFile& model,
                                             std::span<const core::NamedArray> wanted,
                                             const std::filesystem::path& file);

}  // namespace msunet::h5

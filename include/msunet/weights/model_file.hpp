// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string_view>

#include "msunet/h5/keras_file.hpp"

namespace msunet::weights {

/// Reads a model in any form: a Keras HDF5 file (a whole model, or weights), Keras 3's `.keras` and
/// `.weights.h5`, a Talos Deploy archive, or the best model in an experiment's folder. A child
/// process reads HDF5 first. `kind` says in messages what the file is ("start model"). Throws
/// core::InputError that names the file; for TensorFlow's SavedModels and checkpoints it says how
/// to convert them.
[[nodiscard]] h5::KerasFile read_model_file(const std::filesystem::path& path,
                                            std::string_view kind);

}  // namespace msunet::weights

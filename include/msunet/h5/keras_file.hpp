// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "msunet/core/named_array.hpp"

namespace msunet::h5 {

/// A layer of a Keras file and its weights in the file's order, named as there without the layer's
/// repetition (`conv1_1/kernel:0`). Layers without weights have none.
struct KerasLayer {
    std::string name;
    std::vector<core::NamedArray> weights;
};

/// What a Keras HDF5 file holds, training state aside.
struct KerasFile {
    std::vector<KerasLayer> layers;  ///< in the order of `layer_names`
    /// Text attributes of the root: keras_version, backend and our own.
    std::map<std::string, std::string> attributes;
    std::optional<std::string> model_config;  ///< JSON; whole-model files only
    /// The layers are in order only among those with as many weights: Keras 3 groups them by class.
    bool by_class = false;

    /// The weights of all layers one after another.
    [[nodiscard]] std::vector<core::NamedArray> weights() const;
};

/// Reads a whole model (`model_weights` group) or a file of weights only, also one of Keras 3
/// (`.weights.h5`: a group a layer, its weights numbered); strings of fixed or
/// variable length, weights of any floating-point type. Throws `core::InputError` naming the file.
/// The HDF5 library may crash or hang on a damaged file: for a file from a user call
/// `read_keras_file_safely`.
[[nodiscard]] KerasFile read_keras_file(const std::filesystem::path& file);

/// The same, after a child process (`program __read-keras FILE`, at most 3 s of processor time and
/// 120 s in all) has read the file whole; its death is a `core::InputError`. `program` is this
/// program itself, usually /proc/self/exe.
[[nodiscard]] KerasFile read_keras_file_safely(const std::filesystem::path& file,
                                               const std::filesystem::path& program);

/// First argument of the hidden command that `read_keras_file_safely` runs.
inline constexpr const char* check_keras_file_command = "__read-keras";
/// What that command does: limits its own processor time, reads the file and returns the exit code,
/// 0 or 3 with the reason on stderr.
[[nodiscard]] int check_keras_file_main(const std::filesystem::path& file);

/// Groups flat weights by layer (the name up to the first '/'), in the order of `layer_names`;
/// layers without weights come out empty. Throws `core::Error` if a weight belongs to none of them.
[[nodiscard]] std::vector<KerasLayer> group_by_layer(std::span<const std::string> layer_names,
                                                     std::span<const core::NamedArray> weights);

/// The bytes of a file of weights only, as `model.save_weights` writes it: a group a layer. The
/// root gets `layer_names`, `backend`, `keras_version` and the attributes given. The same input
/// gives the same bytes.
[[nodiscard]] std::vector<std::byte> keras_weights_image(
    std::span<const KerasLayer> layers, const std::map<std::string, std::string>& attributes = {});
/// The bytes of a whole-model file: `model_config` and `model_weights`, without training state, so
/// that `keras.models.load_model` needs no custom objects.
[[nodiscard]] std::vector<std::byte> keras_model_image(
    std::span<const KerasLayer> layers, const std::string& model_config,
    const std::map<std::string, std::string>& attributes = {});

/// Writes these bytes atomically (temporary name, flush, rename).
void write_keras_weights(const std::filesystem::path& file, std::span<const KerasLayer> layers,
                         const std::map<std::string, std::string>& attributes = {});
/// Likewise for a whole model.
void write_keras_model(const std::filesystem::path& file, std::span<const KerasLayer> layers,
                       const std::string& model_config,
                       const std::map<std::string, std::string>& attributes = {});

}  // namespace msunet::h5

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "msunet/core/named_array.hpp"
#include "msunet/unet/hyperparameters.hpp"

namespace msunet::unet {

/// What a layer does.
enum class LayerKind : std::uint8_t {
    input,
    convolution,    ///< "same" padding, bias; ReLU, or the final activation in `score`
    batch_norm,     ///< momentum 0.99, epsilon 0.001
    max_pooling,    ///< 2×2, stride 2
    up_sampling,    ///< nearest, ×2
    concatenation,  ///< along the channels, skip first
    dropout,
};

/// To which part of the network a layer belongs; with the kind it says which hyperparameter decides
/// whether the layer trains.
enum class Part : std::uint8_t { contracting, expanding, up_sampling, score };

/// A layer of the U-Net (behaviour.md 9), named as Keras names it.
struct Layer {
    std::string_view name;
    LayerKind kind;
    Part part;
    int block;        ///< 1 … 9; the input layer counts to 1, `score` to 9
    int number;       ///< k of `which_layer`: 1 (conv1_1) … 19 (conv9_3); 0 for all others
    int kernel;       ///< side of a convolution's kernel, else 0
    int in_channels;  ///< of the whole input; for a concatenation of both together
    int out_channels;
    std::string_view input;  ///< name of the layer before; empty for the input layer
    std::string_view skip;   ///< first input of a concatenation, else empty

    [[nodiscard]] constexpr bool has_weights() const {
        return kind == LayerKind::convolution || kind == LayerKind::batch_norm;
    }
};

/// All 63 layers in the order of the Keras model. An input's sides must be multiples of 16.
[[nodiscard]] std::span<const Layer> layers();
/// The names of all layers, in order.
[[nodiscard]] std::vector<std::string> layer_names();
/// The layer of this name; throws `std::out_of_range`.
[[nodiscard]] const Layer& layer(std::string_view name);

/// One of the 136 weights.
struct Tensor {
    std::string name;                 ///< "conv1_1/kernel:0"
    std::size_t layer;                ///< index into `layers()`
    std::string_view role;            ///< kernel, bias, gamma, beta, moving_mean, moving_variance
    std::vector<std::int64_t> shape;  ///< kernels (kh, kw, cin, cout), as Keras stores them
    std::size_t elements;
    bool statistic;  ///< moving mean or variance: never trained by gradients
};

/// All tensors, layer by layer, in Keras's order.
[[nodiscard]] const std::vector<Tensor>& tensors();
/// Names and shapes of all tensors, without values, as `h5::match_start_model` takes them.
[[nodiscard]] std::vector<core::NamedArray> tensor_shapes();

/// Elements of all tensors: 2,399,397.
[[nodiscard]] std::size_t parameter_count();
/// Elements of the tensors that these hyperparameters train; 2,395,173 with the defaults.
[[nodiscard]] std::size_t trainable_parameter_count(const Hyperparameters& hyperparameters);

/// Whether the layer's weights are trained (behaviour.md 5): convolution k iff which_layer >= k,
/// the others by their flags. False for layers without weights. A batch normalisation that is not
/// trained runs in inference mode.
[[nodiscard]] bool is_trainable(const Layer& layer, const Hyperparameters& hyperparameters);
/// Whether gradients change the tensor: its layer is trained and it is no moving statistic.
[[nodiscard]] bool is_trainable(const Tensor& tensor, const Hyperparameters& hyperparameters);

/// A side of a patch rounded up to the multiple of 32 to which the network pads its input.
[[nodiscard]] constexpr std::int64_t padded_side(std::int64_t side) {
    return (side + 31) / 32 * 32;
}

}  // namespace msunet::unet

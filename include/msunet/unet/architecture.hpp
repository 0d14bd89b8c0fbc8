// SPDX-License-Identifier: Apache-2.0
/// \file
/// A U-Net as a value: its description, and the layers and tensors that follow from it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "msunet/core/named_array.hpp"
#include "msunet/unet/hyperparameters.hpp"

namespace msunet::unet {

/// Constants of BatchNorm, by default Keras's.
struct BatchNormConstants {
    double momentum = 0.99;  ///< what a moving statistic keeps of its value in a step
    double epsilon = 0.001;  ///< added to the variance

    bool operator==(const BatchNormConstants&) const = default;
};

/// The layers at one size of the image. The contracting block and the expanding block of this size
/// have the same shape; the bottleneck has no expanding block.
struct Block {
    int channels = 32;
    int convolutions = 2;
    int kernel = 3;         ///< side of the convolutions' kernels
    bool skip = true;       ///< the expanding block also reads the contracting block's output
    bool residual = false;  ///< the block's input is added to its output

    bool operator==(const Block&) const = default;
};

/// Everything that is chosen about a U-Net.
struct Description {
    std::string name;           ///< of the model in Keras's configuration
    std::vector<Block> blocks;  ///< from the full size to the bottleneck; 2 to 6
    int input_channels = 1;
    int up_kernel = 2;      ///< side of the kernel after an up-sampling
    int head_channels = 2;  ///< of the last convolution before `score`
    BatchNormConstants batch_norm{};
    /// Convolutions whose Keras name is another one than their place says.
    std::map<std::string, std::string> renamed{};

    bool operator==(const Description&) const = default;
};

/// What a layer does.
enum class LayerKind : std::uint8_t {
    input,
    convolution,    ///< "same" padding, bias
    batch_norm,     ///< normalises, then multiplies by gamma and adds beta
    max_pooling,    ///< 2×2, stride 2
    up_sampling,    ///< nearest, ×2
    concatenation,  ///< of two inputs, along the channels
    addition,       ///< of two inputs
    dropout,
};

/// What a convolution applies to its output.
enum class Activation : std::uint8_t {
    none,
    relu,
    final,  ///< the hyperparameter final_activation
};

/// To which part of the network a layer belongs; with the kind it says which hyperparameter decides
/// whether the layer trains.
enum class Part : std::uint8_t { contracting, expanding, up_sampling, score };

/// A layer, named as Keras names it.
struct Layer {
    std::string name;
    LayerKind kind = LayerKind::input;
    Part part = Part::contracting;
    int number = 0;       ///< of a convolution: it trains where `which_layer` is at least that
    int halvings = 0;     ///< how often the sides of its output have been halved
    int kernel = 0;       ///< side of a convolution's kernel, else 0
    int in_channels = 0;  ///< of all inputs of a concatenation together
    int out_channels = 0;
    Activation activation = Activation::none;
    std::vector<std::size_t> inputs{};  ///< indices of the layers that it reads, in Keras's order

    [[nodiscard]] bool has_weights() const {
        return kind == LayerKind::convolution || kind == LayerKind::batch_norm;
    }
};

/// One of the weights.
struct Tensor {
    std::string name;                 ///< "conv1_1/kernel:0"
    std::size_t layer;                ///< index into the architecture's layers
    std::string_view role;            ///< kernel, bias, gamma, beta, moving_mean, moving_variance
    std::vector<std::int64_t> shape;  ///< kernels (kh, kw, cin, cout), as Keras stores them
    std::size_t elements;
    bool statistic;  ///< moving mean or variance: never trained by gradients
};

/// A U-Net of convolutions, ReLU and BatchNorm layers. Immutable; copies are equal.
class Architecture {
public:
    /// Throws std::invalid_argument for a description that makes no network.
    explicit Architecture(Description description);

    [[nodiscard]] const Description& description() const { return description_; }
    /// All layers in the order of the Keras model; a layer reads only layers before it.
    [[nodiscard]] const std::vector<Layer>& layers() const { return layers_; }
    /// The layer of this name; throws std::out_of_range.
    [[nodiscard]] const Layer& layer(std::string_view name) const;
    [[nodiscard]] std::vector<std::string> layer_names() const;
    /// Index of the layer whose output is the deepest block's.
    [[nodiscard]] std::size_t bottleneck() const { return bottleneck_; }
    /// What the sides of an input must be multiples of.
    [[nodiscard]] int side_multiple() const;

    /// All tensors, layer by layer, in Keras's order.
    [[nodiscard]] const std::vector<Tensor>& tensors() const { return tensors_; }
    /// Names and shapes of all tensors, without values, as `h5::match_start_model` takes them.
    [[nodiscard]] std::vector<core::NamedArray> tensor_shapes() const;
    /// Elements of all tensors.
    [[nodiscard]] std::size_t parameter_count() const;
    /// Elements of the tensors that these hyperparameters train.
    [[nodiscard]] std::size_t trainable_parameter_count(
        const Hyperparameters& hyperparameters) const;
    /// Whether each layer's weights are trained.
    [[nodiscard]] std::vector<bool> trainable_layers(const Hyperparameters& hyperparameters) const;

private:
    Description description_;
    std::vector<Layer> layers_;
    std::vector<Tensor> tensors_;
    std::size_t bottleneck_ = 0;
};

/// msUNET as it was published: 63 layers, 136 tensors, 2,399,397 parameters.
[[nodiscard]] Architecture published_architecture();

/// Whether the layer's weights are trained: convolution k iff which_layer >= k, the others by their
/// flags. False for layers without weights. A BatchNorm layer that is not trained runs in
/// inference mode.
[[nodiscard]] bool is_trainable(const Layer& layer, const Hyperparameters& hyperparameters);

/// A side of a patch rounded up to the multiple of 32 to which the network pads its input.
[[nodiscard]] constexpr std::int64_t padded_side(std::int64_t side) {
    return (side + 31) / 32 * 32;
}

}  // namespace msunet::unet

// SPDX-License-Identifier: Apache-2.0
#include "msunet/unet/architecture.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

#include "unet/layers.hpp"

namespace msunet::unet {
namespace {

Tensor make_tensor(const Layer& layer, std::size_t index, std::string_view role,
                   std::vector<std::int64_t> shape) {
    Tensor tensor;
    tensor.name = layer.name + '/' + std::string(role) + ":0";
    tensor.layer = index;
    tensor.role = role;
    tensor.shape = std::move(shape);
    tensor.elements = static_cast<std::size_t>(core::element_count(tensor.shape));
    tensor.statistic = role.starts_with("moving_");
    return tensor;
}

std::vector<Tensor> make_tensors(const std::vector<Layer>& layers) {
    constexpr std::array<std::string_view, 4> norm_roles{"gamma", "beta", "moving_mean",
                                                         "moving_variance"};
    std::vector<Tensor> all;
    for (std::size_t index = 0; index < layers.size(); ++index) {
        const Layer& at = layers[index];
        if (at.kind == LayerKind::convolution) {
            all.push_back(make_tensor(at, index, "kernel",
                                      {at.kernel, at.kernel, at.in_channels, at.out_channels}));
            all.push_back(make_tensor(at, index, "bias", {at.out_channels}));
        } else if (at.kind == LayerKind::batch_norm) {
            for (const std::string_view role : norm_roles) {
                all.push_back(make_tensor(at, index, role, {at.out_channels}));
            }
        }
    }
    return all;
}

bool norm_is_trainable(Part part, const Hyperparameters& hyperparameters) {
    switch (part) {
        case Part::contracting:
            return hyperparameters.contracting_batch_norm_trainable;
        case Part::up_sampling:
            return hyperparameters.upsampling_batch_norm_trainable;
        default:
            return hyperparameters.expanding_batch_norm_trainable;
    }
}

bool convolution_is_trainable(const Layer& layer, const Hyperparameters& hyperparameters) {
    switch (layer.part) {
        case Part::score:
            return hyperparameters.score_trainable;
        case Part::up_sampling:
            return hyperparameters.upsampling_trainable;
        default:
            return hyperparameters.which_layer >= layer.number;
    }
}

}  // namespace

Architecture::Architecture(Description description) : description_(std::move(description)) {
    LayerList list = make_layers(description_);
    layers_ = std::move(list.layers);
    bottleneck_ = list.bottleneck;
    tensors_ = make_tensors(layers_);
}

const Layer& Architecture::layer(std::string_view name) const {
    const auto found = std::ranges::find(layers_, name, &Layer::name);
    if (found == layers_.end()) {
        throw std::out_of_range("no layer '" + std::string(name) + "' in the network");
    }
    return *found;
}

std::vector<std::string> Architecture::layer_names() const {
    std::vector<std::string> names;
    names.reserve(layers_.size());
    for (const Layer& each : layers_) names.push_back(each.name);
    return names;
}

int Architecture::side_multiple() const { return 1 << layers_[bottleneck_].halvings; }

std::vector<core::NamedArray> Architecture::tensor_shapes() const {
    std::vector<core::NamedArray> shapes;
    shapes.reserve(tensors_.size());
    for (const Tensor& tensor : tensors_) shapes.push_back({tensor.name, tensor.shape, {}});
    return shapes;
}

std::size_t Architecture::parameter_count() const {
    std::size_t count = 0;
    for (const Tensor& tensor : tensors_) count += tensor.elements;
    return count;
}

std::size_t Architecture::trainable_parameter_count(const Hyperparameters& hyperparameters) const {
    std::size_t count = 0;
    for (const Tensor& tensor : tensors_) {
        const bool trains =
            !tensor.statistic && is_trainable(layers_[tensor.layer], hyperparameters);
        count += trains ? tensor.elements : 0;
    }
    return count;
}

std::vector<bool> Architecture::trainable_layers(const Hyperparameters& hyperparameters) const {
    std::vector<bool> flags;
    flags.reserve(layers_.size());
    for (const Layer& each : layers_) flags.push_back(is_trainable(each, hyperparameters));
    return flags;
}

Architecture published_architecture() {
    return Architecture({.name = "mouseSegUNET",
                         .blocks = {{.channels = 32},
                                    {.channels = 64},
                                    {.channels = 96},
                                    {.channels = 128},
                                    {.channels = 256}},
                         // The published model names it so; start models and users' scripts do too.
                         .renamed = {{"conv3_2", "conv_3_2"}}});
}

bool is_trainable(const Layer& layer, const Hyperparameters& hyperparameters) {
    switch (layer.kind) {
        case LayerKind::convolution:
            return convolution_is_trainable(layer, hyperparameters);
        case LayerKind::batch_norm:
            return norm_is_trainable(layer.part, hyperparameters);
        default:
            return false;
    }
}

}  // namespace msunet::unet

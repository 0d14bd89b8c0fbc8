// SPDX-License-Identifier: Apache-2.0
#include "msunet/unet/network.hpp"

#include <array>

namespace msunet::unet {
namespace {

Tensor make_tensor(std::size_t index, std::string_view role, std::vector<std::int64_t> shape) {
    Tensor tensor;
    tensor.name = std::string(layers()[index].name) + '/' + std::string(role) + ":0";
    tensor.layer = index;
    tensor.role = role;
    tensor.shape = std::move(shape);
    tensor.elements = static_cast<std::size_t>(core::element_count(tensor.shape));
    tensor.statistic = role.starts_with("moving_");
    return tensor;
}

std::vector<Tensor> make_tensors() {
    constexpr std::array<std::string_view, 4> norm_roles{"gamma", "beta", "moving_mean",
                                                         "moving_variance"};
    std::vector<Tensor> all;
    for (std::size_t index = 0; index < layers().size(); ++index) {
        const Layer& at = layers()[index];
        if (at.kind == LayerKind::convolution) {
            all.push_back(make_tensor(index, "kernel",
                                      {at.kernel, at.kernel, at.in_channels, at.out_channels}));
            all.push_back(make_tensor(index, "bias", {at.out_channels}));
        } else if (at.kind == LayerKind::batch_norm) {
            for (const std::string_view role : norm_roles) {
                all.push_back(make_tensor(index, role, {at.out_channels}));
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

const std::vector<Tensor>& tensors() {
    static const std::vector<Tensor> all = make_tensors();
    return all;
}

std::vector<core::NamedArray> tensor_shapes() {
    std::vector<core::NamedArray> shapes;
    for (const Tensor& tensor : tensors()) {
        shapes.push_back({tensor.name, tensor.shape, {}});
    }
    return shapes;
}

std::size_t parameter_count() {
    std::size_t count = 0;
    for (const Tensor& tensor : tensors()) {
        count += tensor.elements;
    }
    return count;
}

std::size_t trainable_parameter_count(const Hyperparameters& hyperparameters) {
    std::size_t count = 0;
    for (const Tensor& tensor : tensors()) {
        count += is_trainable(tensor, hyperparameters) ? tensor.elements : 0;
    }
    return count;
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

bool is_trainable(const Tensor& tensor, const Hyperparameters& hyperparameters) {
    return !tensor.statistic && is_trainable(layers()[tensor.layer], hyperparameters);
}

}  // namespace msunet::unet

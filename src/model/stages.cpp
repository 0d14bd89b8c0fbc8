// SPDX-License-Identifier: Apache-2.0
#include "model/stages.hpp"

#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/zeros.h>

#include <cstring>

#include "msunet/core/error.hpp"
#include "msunet/unet/network.hpp"

namespace msunet::model {
namespace {

/// As the tensor lies in a flat buffer: kernels (kh,kw,cin,cout) as (cout,kh,kw,cin).
std::vector<std::int64_t> flat_shape(const std::vector<std::int64_t>& keras) {
    if (keras.size() != 4) return keras;
    return {keras[3], keras[0], keras[1], keras[2]};
}

}  // namespace

std::optional<std::size_t> merge_before(std::size_t stage) {
    for (std::size_t skip = 0; skip < skip_count; ++skip) {
        if (stage == up_stage(skip) + 1) return skip;
    }
    return std::nullopt;
}

Weights::Weights(const std::vector<bool>& trainable, bool batch_statistics,
                 const at::TensorOptions& master) {
    std::vector<Segment> lists[3];
    FlatParameters* buffers[3] = {&parameters, &fixed, &statistics};
    for (const auto& tensor : unet::tensors()) {
        const bool trains = trainable.empty() || trainable[tensor.layer];
        const int list = tensor.statistic ? 2 : trains ? 0 : 1;
        places_.push_back({buffers[list], lists[list].size()});
        lists[list].push_back({.name = tensor.name, .shape = flat_shape(tensor.shape)});
    }
    for (int i = 0; i < 3; ++i) *buffers[i] = FlatParameters(std::move(lists[i]), master);
    make_stages(batch_statistics, master);
}

at::Tensor Weights::value(std::size_t tensor) const {
    return places_[tensor].buffer->value(places_[tensor].segment);
}

at::Tensor Weights::gradient(std::size_t tensor) const {
    return places_[tensor].buffer == &parameters ? parameters.gradient(places_[tensor].segment)
                                                 : at::Tensor();
}

void Weights::make_stages(bool batch_statistics, const at::TensorOptions& master) {
    const auto layers = unet::layers();
    const auto& tensors = unet::tensors();
    const auto convolution_at = [&](std::size_t i) {
        const auto& layer = layers[tensors[i].layer];
        return Convolution{.kind = layer.kernel == 2 ? ConvolutionKind::up : ConvolutionKind::same,
                           .kernel = value(i),
                           .bias = value(i + 1),
                           .kernel_gradient = gradient(i),
                           .bias_gradient = gradient(i + 1)};
    };
    const auto wide = master.dtype(at::kDouble);
    std::size_t i = 0;
    for (; stages.size() < stage_count; i += 6) {
        Stage stage;
        stage.convolution = convolution_at(i);
        const std::int64_t channels = stage.channels();
        const bool trains = gradient(i + 2).defined();
        stage.norm = {.gamma = value(i + 2),
                      .beta = value(i + 3),
                      .moving_mean = value(i + 4),
                      .moving_variance = value(i + 5),
                      .gamma_gradient = gradient(i + 2),
                      .beta_gradient = gradient(i + 3),
                      .batch_statistics = trains && batch_statistics,
                      .sums = at::zeros({2, channels}, wide),
                      .mean = at::zeros({channels}, wide),
                      .inverse = at::zeros({channels}, wide),
                      .scale = at::zeros({channels}, master),
                      .shift = at::zeros({channels}, master),
                      .correction = at::zeros({2, channels}, master)};
        stages.push_back(std::move(stage));
    }
    head = {.last = convolution_at(i), .score = convolution_at(i + 2)};
}

void Weights::load(std::span<const core::NamedArray> arrays) {
    const auto& tensors = unet::tensors();
    if (arrays.size() != tensors.size()) {
        throw core::Error(core::ExitCode::failure,
                          "the network has " + std::to_string(tensors.size()) + " tensors, not " +
                              std::to_string(arrays.size()));
    }
    for (std::size_t i = 0; i < tensors.size(); ++i) {
        if (arrays[i].shape != tensors[i].shape) {
            throw core::Error(core::ExitCode::failure,
                              "tensor '" + tensors[i].name + "' has the wrong shape");
        }
        at::Tensor from =
            at::from_blob(const_cast<float*>(arrays[i].values.data()), arrays[i].shape, at::kFloat);
        if (from.dim() == 4) from = from.permute({3, 0, 1, 2});
        value(i).copy_(from);
    }
}

std::int64_t Weights::output_numbers(std::int64_t pixels) const {
    std::int64_t numbers = 0;
    for (std::size_t i = 0; i < stage_count; ++i) {
        numbers += (stages[i].channels() * pixels) >> (2 * halvings(i));
    }
    return numbers;
}

std::vector<core::NamedArray> Weights::save() const {
    const auto& tensors = unet::tensors();
    std::vector<core::NamedArray> arrays;
    for (std::size_t i = 0; i < tensors.size(); ++i) {
        at::Tensor from = value(i).to(at::kCPU, at::kFloat);
        if (from.dim() == 4) from = from.permute({1, 2, 3, 0});
        from = from.contiguous();
        const auto* data = from.const_data_ptr<float>();
        arrays.push_back({tensors[i].name, tensors[i].shape, {data, data + from.numel()}});
    }
    return arrays;
}

}  // namespace msunet::model

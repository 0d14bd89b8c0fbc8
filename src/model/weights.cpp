// SPDX-License-Identifier: Apache-2.0
#include "model/weights.hpp"

#include <ATen/ops/empty_like.h>
#include <ATen/ops/from_blob.h>

#include <string>
#include <utility>

#include "msunet/core/error.hpp"

namespace msunet::model {
namespace {

/// As the tensor lies in a flat buffer: kernels (kh,kw,cin,cout) as (cout,kh,kw,cin).
std::vector<std::int64_t> flat_shape(const std::vector<std::int64_t>& keras) {
    if (keras.size() != 4) return keras;
    return {keras[3], keras[0], keras[1], keras[2]};
}

}  // namespace

Weights::Weights(const unet::Architecture& architecture, const std::vector<bool>& trainable,
                 const at::TensorOptions& master)
    : tensors_(architecture.tensors()), first_of_(architecture.layers().size(), tensors_.size()) {
    std::vector<Segment> lists[3];
    FlatParameters* buffers[3] = {&parameters, &fixed, &statistics};
    for (std::size_t i = tensors_.size(); i-- > 0;) first_of_[tensors_[i].layer] = i;
    for (const auto& tensor : tensors_) {
        const bool trains = trainable.empty() || trainable[tensor.layer];
        const int list = tensor.statistic ? 2 : trains ? 0 : 1;
        places_.push_back({buffers[list], lists[list].size()});
        lists[list].push_back({.name = tensor.name, .shape = flat_shape(tensor.shape)});
    }
    for (int i = 0; i < 3; ++i) *buffers[i] = FlatParameters(std::move(lists[i]), master);
}

at::Tensor Weights::value(std::size_t tensor) const {
    return places_[tensor].buffer->value(places_[tensor].segment);
}

at::Tensor Weights::gradient(std::size_t tensor) const {
    return places_[tensor].buffer == &parameters ? parameters.gradient(places_[tensor].segment)
                                                 : at::Tensor();
}

void Weights::make_copies(at::ScalarType type) {
    parameter_copies_ = at::empty_like(parameters.values(), type);
    fixed_copies_ = at::empty_like(fixed.values(), type);
}

void Weights::convert() {
    if (!parameter_copies_.defined()) return;
    if (parameter_copies_.numel() > 0) parameter_copies_.copy_(parameters.values());
    if (fixed_copies_.numel() > 0) fixed_copies_.copy_(fixed.values());
}

at::Tensor Weights::copy(std::size_t tensor) const {
    const auto [buffer, segment] = places_[tensor];
    if (!parameter_copies_.defined() || buffer == &statistics) return {};
    return buffer->view(buffer == &parameters ? parameter_copies_ : fixed_copies_, segment);
}

void Weights::load(std::span<const core::NamedArray> arrays) {
    if (arrays.size() != tensors_.size()) {
        throw core::Error(core::ExitCode::failure,
                          "the network has " + std::to_string(tensors_.size()) + " tensors, not " +
                              std::to_string(arrays.size()));
    }
    for (std::size_t i = 0; i < tensors_.size(); ++i) {
        if (arrays[i].shape != tensors_[i].shape) {
            throw core::Error(
                core::ExitCode::failure,
                {.kind = "tensor", .key = tensors_[i].name, .problem = "has the wrong shape"});
        }
        at::Tensor from =
            at::from_blob(const_cast<float*>(arrays[i].values.data()), arrays[i].shape, at::kFloat);
        if (from.dim() == 4) from = from.permute({3, 0, 1, 2});
        value(i).copy_(from);
    }
}

std::vector<core::NamedArray> Weights::save() const {
    std::vector<core::NamedArray> arrays;
    for (std::size_t i = 0; i < tensors_.size(); ++i) {
        at::Tensor from = value(i).to(at::kCPU, at::kFloat);
        if (from.dim() == 4) from = from.permute({1, 2, 3, 0});
        from = from.contiguous();
        const auto* data = from.data_ptr<float>();
        arrays.push_back({tensors_[i].name, tensors_[i].shape, {data, data + from.numel()}});
    }
    return arrays;
}

}  // namespace msunet::model

// SPDX-License-Identifier: Apache-2.0
#include "msunet/train/network_engine.hpp"

#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>
#include <ATen/record_function.h>

#include <algorithm>
#include <cstring>

#include "msunet/core/failure_text.hpp"
#include "msunet/core/text.hpp"
#include "msunet/train/trial_failure.hpp"

namespace msunet::train {
namespace {

constexpr std::int64_t sum_count = 5;

model::NetworkOptions network_options(const EngineSpec& spec, at::Device device) {
    return {.precision = spec.precision,
            .device = device,
            .dropout = spec.hyperparameters.dropout,
            .trainable = spec.architecture.trainable_layers(spec.hyperparameters),
            .sync_batch_norm = spec.sync_batch_norm};
}

StateBuffer to_host(std::string name, const at::Tensor& tensor) {
    StateBuffer buffer{.name = std::move(name)};
    const at::Tensor flat = tensor.reshape({-1}).contiguous().to(at::kCPU);
    if (flat.scalar_type() == at::kDouble) {
        const auto* data = flat.data_ptr<double>();
        buffer.doubles.assign(data, data + flat.numel());
    } else {
        const auto* data = flat.data_ptr<float>();
        buffer.floats.assign(data, data + flat.numel());
    }
    return buffer;
}

template <class T>
void copy_in(const at::Tensor& tensor, const std::vector<T>& values) {
    at::Tensor host = at::empty(tensor.sizes(), at::CppTypeToScalarType<T>::value);
    std::memcpy(host.mutable_data_ptr<T>(), values.data(), values.size() * sizeof(T));
    tensor.copy_(host);
}

}  // namespace

NetworkEngine::NetworkEngine(const EngineSpec& spec, at::Device device,
                             std::unique_ptr<model::FusedOps> fused_ops, void* stream)
    : spec_(spec),
      network_(model::make_network({.architecture = spec.architecture,
                                    .options = network_options(spec, device),
                                    .weights = spec.start_weights,
                                    .fused_ops = std::move(fused_ops)})),
      objective_(spec.hyperparameters.losses, spec.hyperparameters.final_activation),
      optimizer_(model::Optimizer::make(spec.hyperparameters.optimizer, network_->parameters())),
      collectives_(spec.reducer, stream),
      sums_(at::zeros({sum_count}, at::TensorOptions(device).dtype(at::kDouble))) {}

std::vector<float> NetworkEngine::bottleneck(std::span<const std::uint32_t> samples) {
    std::vector<float> features;
    const auto batch_size = static_cast<std::size_t>(spec_.hyperparameters.batch_size);
    for (std::size_t i = 0; i < samples.size(); i += batch_size) {
        const auto part = samples.subspan(i, std::min(batch_size, samples.size() - i));
        const at::Tensor rows =
            network_->bottleneck(cut(part).x).to(at::kCPU, at::kFloat).contiguous();
        const auto* data = rows.data_ptr<float>();
        features.insert(features.end(), data, data + rows.numel());
    }
    return features;
}

std::vector<float> NetworkEngine::predict(std::span<const float> pictures) {
    const std::int64_t height = spec_.index.padded_height(), width = spec_.index.padded_width();
    const auto count = static_cast<std::int64_t>(pictures.size()) / (height * width);
    at::Tensor host = at::empty({count, height, width});
    std::copy(pictures.begin(), pictures.end(), host.mutable_data_ptr<float>());
    const at::Tensor likelihood = objective_.predict(network_->infer(host.to(master())))
                                      .to(at::kCPU, at::kFloat)
                                      .contiguous();
    const auto* data = likelihood.data_ptr<float>();
    return {data, data + likelihood.numel()};
}

std::vector<core::NamedArray> NetworkEngine::weights() const { return network_->weights(); }

void NetworkEngine::load_weights(std::span<const core::NamedArray> weights) {
    network_->load(weights);
}

std::vector<StateBuffer> NetworkEngine::state() const {
    std::vector<StateBuffer> buffers;
    for (const auto& [name, tensor] : tensors()) buffers.push_back(to_host(name, tensor));
    return buffers;
}

std::string NetworkEngine::restore(std::span<const StateBuffer> state, std::int64_t iterations) {
    const auto all = tensors();
    std::vector<const StateBuffer*> found;
    for (const auto& [name, tensor] : all) {
        const auto size = static_cast<std::size_t>(tensor.numel());
        const auto buffer = std::ranges::find(state, name, &StateBuffer::name);
        if (buffer == state.end()) return core::concat("it has no ", core::quoted(name));
        if (buffer->floats.size() != size && buffer->doubles.size() != size) {
            return core::concat(core::quoted(name), " has ",
                                std::max(buffer->floats.size(), buffer->doubles.size()),
                                " values, the network's has ", size);
        }
        found.push_back(&*buffer);
    }
    for (std::size_t i = 0; i < all.size(); ++i) {
        const auto& tensor = all[i].second;
        if (found[i]->floats.size() == static_cast<std::size_t>(tensor.numel())) {
            copy_in(tensor, found[i]->floats);
        } else {
            copy_in(tensor, found[i]->doubles);
        }
    }
    network_->update_copies();
    optimizer_->set_iterations(iterations);
    return {};
}

void NetworkEngine::begin(std::int64_t status) {
    status_ = status;
    if (spec_.reducer != nullptr) spec_.reducer->clear();
    collectives_.begin(&network_->schedule());
    sums_.zero_();
    if (!failure_.empty()) raise(failed_status);
    raise(status);
}

void NetworkEngine::raise(std::int64_t status) {
    status_ = std::max(status_, status);
    if (spec_.reducer != nullptr) spec_.reducer->raise(status);
}

void NetworkEngine::fail(const std::exception& error) {
    failure_ = core::failure_text(error);
    raise(failed_status);
}

void NetworkEngine::differentiate(const Batch& batch, const BatchPart& part, std::int64_t step) {
    const at::Tensor logits = forward(batch, part, step);
    const at::Tensor gradient = compare(logits, batch, part.global, true);
    RECORD_USER_SCOPE("msunet::backward");
    network_->backward(gradient);
}

at::Tensor NetworkEngine::forward(const Batch& batch, const BatchPart& part, std::int64_t step) {
    RECORD_USER_SCOPE("msunet::forward");
    return network_->forward(batch.x,
                             {.dropout = {spec_.dropout_key, static_cast<std::uint32_t>(step)},
                              .first_sample = part.first,
                              .global_samples = part.global,
                              .collectives = &collectives_});
}

at::Tensor NetworkEngine::compare(const at::Tensor& logits, const Batch& batch, std::int64_t global,
                                  bool with_gradient) {
    RECORD_USER_SCOPE("msunet::loss");
    const auto result = objective_.evaluate(logits, batch.y, batch.weights, global, with_gradient);
    sums_.copy_(result.sums);
    return result.gradient;
}

void NetworkEngine::score(const Batch& batch, const BatchPart& part) {
    compare(network_->infer(batch.x), batch, part.global, false);
}

void NetworkEngine::reduce_gradients() {
    collectives_.drain(network_->schedule().size(), at::TensorOptions(sums_.device()));
    if (network_->parameters().size() > 0) collectives_.sum(network_->parameters().gradients());
    if (spec_.sync_batch_norm || !collectives_.active()) return;
    // Without synchronised BatchNorm the ranks' moving statistics would drift apart.
    at::Tensor statistics = network_->moving_statistics();
    collectives_.sum(statistics);
    statistics.div_(static_cast<double>(collectives_.ranks()));
}

StepOutcome NetworkEngine::outcome() {
    // The status first: it waits, and notices where a rank of the group is gone.
    const std::int64_t status = spec_.reducer != nullptr ? spec_.reducer->status() : status_;
    const at::Tensor host = sums_.to(at::kCPU);
    const auto* s = host.data_ptr<double>();
    return {.sums = {.weighted_loss = s[0],
                     .loss = s[1],
                     .intersection = s[2],
                     .truth = s[3],
                     .prediction = s[4]},
            .status = status};
}

std::vector<std::pair<std::string, at::Tensor>> NetworkEngine::tensors() const {
    std::vector<std::pair<std::string, at::Tensor>> all;
    if (network_->parameters().size() > 0) {
        all.emplace_back("values", network_->parameters().values());
    }
    all.emplace_back("moving_statistics", network_->moving_statistics());
    if (network_->parameters().size() > 0) {
        for (const auto& state : optimizer_->state()) {
            all.emplace_back("optimizer/" + state.name, state.tensor);
        }
    }
    return all;
}

}  // namespace msunet::train

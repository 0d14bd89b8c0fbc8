// SPDX-License-Identifier: Apache-2.0
#include "gpu/batches.hpp"

#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>

#include <utility>
#include <vector>

#include "gpu/kernel_parameters.hpp"
#include "msunet/data/cut_batch.hpp"
#include "msunet/train/training_batch.hpp"

namespace msunet::gpu {
namespace {

template <class T>
at::Tensor uploaded(std::span<const T> values, at::ScalarType type, at::Device device) {
    const auto elements = static_cast<std::int64_t>(values.size());
    return at::from_blob(const_cast<T*>(values.data()), {elements}, type)
        .to(device, type, false, true);
}

std::vector<Window> windows_of(const train::EngineSpec& spec) {
    std::vector<Window> windows;
    windows.reserve(spec.index.size());
    for (const auto& window : spec.index.windows()) {
        const auto& slice = spec.dataset.slices()[window.slice];
        windows.push_back(
            {.offset = slice.offset + std::uint64_t{window.row} * slice.width + window.column,
             .stride = slice.width,
             .height = window.height,
             .width = window.width,
             .weight = spec.sample_weights[windows.size()]});
    }
    return windows;
}

}  // namespace

std::shared_ptr<const DeviceSlices> upload(const data::Dataset& dataset, at::Device device) {
    return std::make_shared<const DeviceSlices>(
        DeviceSlices{.voxels = uploaded(dataset.voxels(), at::kFloat, device),
                     .masks = uploaded(dataset.masks(), at::kByte, device)});
}

Batches::Batches(const train::EngineSpec& spec, std::shared_ptr<const KernelLauncher> kernels,
                 std::shared_ptr<const DeviceSlices> slices, at::Device device)
    : spec_(spec), kernels_(std::move(kernels)), slices_(std::move(slices)) {
    const std::int64_t samples = spec.hyperparameters.batch_size;
    const std::int64_t height = spec.index.padded_height(), width = spec.index.padded_width();
    const auto options = at::TensorOptions(device).dtype(at::kFloat);
    x_ = at::empty({samples, height, width}, options);
    y_ = at::empty({samples, height, width}, options);
    weights_ = at::empty({samples}, options);
    if (slices_ != nullptr) {
        const auto windows = windows_of(spec);
        const auto bytes = std::as_bytes(std::span<const Window>(windows));
        windows_ = uploaded(bytes, at::kByte, device);
        samples_ = at::empty({samples}, options.dtype(at::kInt));
    }
    if (slices_ == nullptr || train::is_augmented(spec)) {
        // Without a GPU, in tests, no memory can be pinned.
        const auto pinned = at::TensorOptions(at::kFloat).pinned_memory(device.is_cuda());
        host_x_ = at::empty({samples, height, width}, pinned);
        host_y_ = at::empty({samples, height, width}, pinned);
        host_weights_ = at::empty({samples}, pinned);
    }
}

void Batches::choose(std::span<const std::uint32_t> samples) {
    on_host_ = slices_ == nullptr;
    if (samples.empty()) return;
    if (on_host_) {
        cut_on_host(samples, [&](float* x, float* y) {
            data::cut_batch(spec_.dataset, spec_.index, samples, x, y);
        });
        return;
    }
    const auto count = static_cast<std::int64_t>(samples.size());
    samples_.narrow(0, 0, count)
        .copy_(at::from_blob(const_cast<std::uint32_t*>(samples.data()), {count}, at::kInt));
}

void Batches::choose_training(const train::BatchPart& part) {
    if (!train::is_augmented(spec_)) return choose(part.samples);
    on_host_ = true;
    if (part.samples.empty()) return;
    cut_on_host(part.samples,
                [&](float* x, float* y) { train::cut_training_batch(spec_, part, x, y); });
}

template <class Write>
void Batches::cut_on_host(std::span<const std::uint32_t> samples, const Write& write) {
    write(host_x_.mutable_data_ptr<float>(), host_y_.mutable_data_ptr<float>());
    for (std::size_t i = 0; i < samples.size(); ++i) {
        host_weights_.mutable_data_ptr<float>()[i] = spec_.sample_weights[samples[i]];
    }
    const auto count = static_cast<std::int64_t>(samples.size());
    x(count).copy_(host_x_.narrow(0, 0, count));
    y(count).copy_(host_y_.narrow(0, 0, count));
    weights(count).copy_(host_weights_.narrow(0, 0, count));
}

void Batches::cut(std::int64_t samples) {
    if (on_host_) return;
    const std::int64_t height = spec_.index.padded_height(), width = spec_.index.padded_width();
    kernels_->launch(CutBatch{.voxels = slices_->voxels.data_ptr<float>(),
                              .masks = slices_->masks.data_ptr<std::uint8_t>(),
                              .windows = static_cast<const Window*>(windows_.data_ptr()),
                              .samples = static_cast<const unsigned*>(samples_.data_ptr()),
                              .count = samples,
                              .height = height,
                              .width = width,
                              .x = x_.mutable_data_ptr<float>(),
                              .y = y_.mutable_data_ptr<float>(),
                              .weights = weights_.mutable_data_ptr<float>()},
                     Grid::of_threads(samples * height * width));
}

}  // namespace msunet::gpu

// SPDX-License-Identifier: Apache-2.0
#include "msunet/predict/slice_predictor.hpp"

#include <ATen/ops/zeros.h>

#include <algorithm>
#include <utility>

#include "msunet/model/network.hpp"
#include "msunet/model/objective.hpp"

namespace msunet::predict {

struct SlicePredictor::Impl {
    std::unique_ptr<model::Network> network;
    model::Objective objective;
};

namespace {

std::int64_t padded(std::uint32_t side, std::int64_t input_side) {
    return side <= input_side ? input_side : unet::padded_side(side);
}

void copy_in(const float* slice, std::uint32_t width, const Window& window, float* patch,
             std::size_t stride) {
    for (std::uint32_t row = 0; row < window.height; ++row) {
        std::copy_n(slice + std::size_t{window.row + row} * width + window.column, window.width,
                    patch + row * stride);
    }
}

}  // namespace

SlicePredictor::SlicePredictor(std::unique_ptr<model::Network> network,
                               const std::string& final_activation)
    : impl_(new Impl{std::move(network), model::Objective("dice_coef_loss", final_activation)}) {}

SlicePredictor::SlicePredictor(const unet::Architecture& architecture,
                               std::span<const core::NamedArray> weights,
                               const std::string& final_activation, model::Precision precision)
    : SlicePredictor(model::make_inference_network({.architecture = architecture,
                                                    .options = {.precision = precision},
                                                    .weights = weights}),
                     final_activation) {}

SlicePredictor::~SlicePredictor() = default;
SlicePredictor::SlicePredictor(SlicePredictor&&) noexcept = default;
SlicePredictor& SlicePredictor::operator=(SlicePredictor&&) noexcept = default;

std::vector<float> SlicePredictor::predict(std::span<const float> slices, std::uint32_t height,
                                           std::uint32_t width, const WindowOptions& options,
                                           const std::function<void()>& between_batches) {
    const std::vector<Window> windows = windows_of(options.patches, height, width);
    const std::size_t area = std::size_t{height} * width;
    const std::size_t total = slices.size() / area * windows.size();
    const auto rows = padded(windows.front().height, options.input_height);
    const auto columns = padded(windows.front().width, options.input_width);
    const auto stride = static_cast<std::size_t>(columns);
    const auto patch_area = static_cast<std::size_t>(rows * columns);

    std::vector<float> likelihoods(slices.size());
    Stitch stitch(height, width, options.combination);
    for (std::size_t first = 0; first < total;) {
        const auto count = std::min(static_cast<std::size_t>(options.batch_size), total - first);
        at::Tensor patches = at::zeros({static_cast<std::int64_t>(count), rows, columns});
        for (std::size_t i = 0; i < count; ++i) {
            const std::size_t slice = (first + i) / windows.size();
            copy_in(slices.data() + slice * area, width, windows[(first + i) % windows.size()],
                    patches.mutable_data_ptr<float>() + i * patch_area, stride);
        }
        const at::Tensor logits =
            impl_->network->infer(patches.to(impl_->network->master_options()));
        const at::Tensor values =
            impl_->objective.predict(logits).to(at::kCPU, at::kFloat).contiguous();
        for (std::size_t i = 0; i < count; ++i) {
            const std::size_t window = (first + i) % windows.size();
            stitch.add(windows[window], values.data_ptr<float>() + i * patch_area, stride);
            if (window + 1 < windows.size()) continue;
            const std::size_t slice = (first + i) / windows.size();
            stitch.take(std::span(likelihoods).subspan(slice * area, area));
        }
        first += count;
        between_batches();
    }
    return likelihoods;
}

}  // namespace msunet::predict

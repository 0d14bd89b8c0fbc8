// SPDX-License-Identifier: Apache-2.0
#include "gpu/cuda_fused_ops.hpp"

#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "gpu/launch_arguments.hpp"

namespace msunet::gpu {
namespace {

using model::DropoutKey;
using model::DropoutRate;
using model::HeadWeights;
using model::KernelGradient;
using model::Norm;
using model::Source;
using model::Target;

/// Blocks for each of the gradients of kernels, which differ in size.
constexpr long long most_gradient_blocks = 256;

class CudaFusedOps final : public model::FusedOps {
public:
    CudaFusedOps(std::shared_ptr<const KernelLauncher> kernels, at::Device device, at::Tensor step)
        : kernels_(std::move(kernels)),
          step_(std::move(step)),
          partial_(at::empty({most_summing_blocks * most_partial},
                             at::TensorOptions(device).dtype(at::kDouble))),
          counters_(at::zeros({most_summing_blocks}, at::TensorOptions(device).dtype(at::kInt))),
          aten_(model::make_aten_fused_ops()) {}

    [[nodiscard]] bool for_gpu() const override { return true; }

    void relu_sums(const at::Tensor& z, Norm& norm) override { sum(z, norm, std::nullopt); }

    void norm_statistics(const at::Tensor& z, Norm& norm, std::int64_t count) override {
        sum(z, norm, count);
    }

    void prepare_norm(Norm& norm, std::int64_t count) override {
        kernels_->launch(prepare_of(norm, count), Grid::of_threads(norm.gamma.size(0)));
    }

    void norm_forward(const at::Tensor& z, const Norm& norm, const Target& target) override {
        const NormForward plain{.z = pointer<void>(z),
                                .bias = pointer<void>(norm.bias),
                                .pixels = pixels_of(z),
                                .channels = channels_of(z),
                                .scale = pointer<void>(norm.scale),
                                .shift = pointer<void>(norm.shift),
                                .out = pointer<void>(target.out),
                                .stride = target.out.defined() ? channels_of(target.out) : 0,
                                .offset = static_cast<int>(target.offset),
                                .bits = pointer<unsigned>(target.bits),
                                .keep_scale = target.bits.defined() ? target.keep_scale : 1};
        if (!target.pooled.defined()) {
            kernels_->launch(plain, plain_grid(z, plain.pixels));
            return;
        }
        kernels_->launch(NormPoolForward{.norm = plain,
                                         .width = static_cast<int>(z.size(3)),
                                         .pooled = pointer<void>(target.pooled),
                                         .pool_index = pointer<unsigned char>(target.pool_index)},
                         plain_grid(z, plain.pixels / 4));
    }

    void norm_backward_sums(const at::Tensor& z, const Source& source, Norm& norm) override {
        sum_backward(z, source, norm, std::nullopt);
    }

    void norm_backward_statistics(const at::Tensor& z, const Source& source, Norm& norm,
                                  std::int64_t count) override {
        sum_backward(z, source, norm, count);
    }

    void take_norm_gradients(Norm& norm) override { aten_->take_norm_gradients(norm); }

    void prepare_norm_backward(Norm& norm, std::int64_t count) override {
        kernels_->launch(prepare_backward_of(norm, count), Grid::of_threads(norm.gamma.size(0)));
    }

    void norm_backward(at::Tensor& z, const Source& source, const Norm& norm,
                       const at::Tensor& bias_gradient) override {
        kernels_->launch(NormBackward{.z = pointer<void>(z),
                                      .bias = pointer<void>(norm.bias),
                                      .source = parts_of(source, z),
                                      .pixels = pixels_of(z),
                                      .channels = channels_of(z),
                                      .scale = pointer<void>(norm.scale),
                                      .correction = pointer<void>(norm.correction),
                                      .scratch = scratch(),
                                      .bias_gradient = pointer<void>(bias_gradient)},
                         summing_grid(z));
    }

    at::Tensor first_convolution(const at::Tensor& x, const at::Tensor& weights,
                                 const at::Tensor& bias, Norm& norm) override {
        const std::int64_t channels = bias.size(0);
        at::Tensor z = at::empty({x.size(0), channels, x.size(2), x.size(3)}, x.options(),
                                 at::MemoryFormat::ChannelsLast);
        kernels_->launch(FirstConvolution{.x = pointer<void>(x),
                                          .weights = pointer<void>(weights),
                                          .bias = pointer<void>(bias),
                                          .adds_bias = !norm.bias.defined(),
                                          .images = images_of(x),
                                          .channels = static_cast<int>(channels),
                                          .z = pointer<void>(z),
                                          .scratch = scratch(),
                                          .sums = pointer<double>(norm.sums)},
                         summing_grid(z));
        return z;
    }

    [[nodiscard]] bool sums_in_first_convolution() const override { return true; }

    void first_convolution_backward(const at::Tensor& x, const at::Tensor& gradient,
                                    const at::Tensor& weights_gradient) override {
        if (gradient.size(1) != smallest_slab) {
            return aten_->first_convolution_backward(x, gradient, weights_gradient);
        }
        take_thin_weights({.many = pointer<void>(gradient),
                           .thin = pointer<void>(x),
                           .thin_channels = 1,
                           .is_last = false},
                          x, weights_gradient);
    }

    at::Tensor last_convolution(const at::Tensor& x, const at::Tensor& weights,
                                const at::Tensor& bias) override {
        at::Tensor z = at::empty({x.size(0), head_channels, x.size(2), x.size(3)}, x.options(),
                                 at::MemoryFormat::ChannelsLast);
        kernels_->launch(LastConvolution{.x = pointer<void>(x),
                                         .weights = pointer<void>(weights),
                                         .bias = pointer<void>(bias),
                                         .images = images_of(x),
                                         .z = pointer<void>(z)},
                         plain_grid(x, pixels_of(x)));
        return z;
    }

    at::Tensor last_convolution_backward(at::Tensor x, const at::Tensor& gradient,
                                         const at::Tensor& weights,
                                         const at::Tensor& weights_gradient,
                                         bool with_input) override {
        const at::Tensor dz = gradient.contiguous(at::MemoryFormat::ChannelsLast);
        if (weights_gradient.defined()) {
            take_thin_weights({.many = pointer<void>(x),
                               .thin = pointer<void>(dz),
                               .thin_channels = head_channels,
                               .is_last = true},
                              x, weights_gradient);
        }
        if (!with_input) return {};
        at::Tensor dx = at::empty(x.sizes(), x.options(), at::MemoryFormat::ChannelsLast);
        kernels_->launch(LastInput{.gradient = pointer<void>(dz),
                                   .weights = pointer<void>(weights),
                                   .images = images_of(x),
                                   .x = pointer<void>(dx)},
                         plain_grid(x, pixels_of(x)));
        return dx;
    }

    at::Tensor head_forward(at::Tensor& z, const HeadWeights& weights) override {
        at::Tensor logits = at::empty({z.size(0), z.size(2), z.size(3)}, weights.score.options());
        kernels_->launch(HeadForward{.z = pointer<void>(z),
                                     .score = pointer<void>(weights.score),
                                     .score_bias = pointer<void>(weights.score_bias),
                                     .pixels = pixels_of(z),
                                     .logits = pointer<void>(logits)},
                         head_grid(z));
        return logits;
    }

    at::Tensor head_backward(at::Tensor z, const at::Tensor& logits_gradient,
                             const HeadWeights& weights, bool with_input) override {
        const at::Tensor gradient = logits_gradient.contiguous();
        kernels_->launch(
            HeadBackward{.z = pointer<void>(z),
                         .score = pointer<void>(weights.score),
                         .gradient = pointer<void>(gradient),
                         .pixels = pixels_of(z),
                         .writes = with_input,
                         .scratch = scratch(),
                         .score_gradient = pointer<void>(weights.score_gradient),
                         .score_bias_gradient = pointer<void>(weights.score_bias_gradient),
                         .bias_gradient = pointer<void>(weights.bias_gradient)},
            head_grid(z));
        return with_input ? z : at::Tensor();
    }

    void dropout_mask(at::Tensor& bits, DropoutRate rate, DropoutKey key, std::uint32_t layer,
                      std::uint32_t first_sample) override {
        kernels_->launch(DropoutMask{.bits = pointer<unsigned>(bits),
                                     .samples = bits.size(0),
                                     .words = bits.size(1),
                                     .rate = rate.numerator(),
                                     .layer = layer,
                                     .first_sample = first_sample,
                                     .key = key.key,
                                     .step = pointer<unsigned>(step_)},
                         Grid::of_threads(bits.numel() / 4));
    }

    at::Tensor widened_kernel(const at::Tensor& kernel, at::ScalarType type) override {
        const std::int64_t out = kernel.size(0), in = kernel.size(3);
        at::Tensor widened = at::empty({in, 3, 3, out}, kernel.options().dtype(type));
        kernels_->launch(WidenKernel{.kernel = pointer<void>(kernel),
                                     .in = static_cast<int>(in),
                                     .out = static_cast<int>(out),
                                     .widened = pointer<void>(widened)},
                         tiles_of(out, in));
        return widened.permute({0, 3, 1, 2});
    }

    void narrow_gradient(const at::Tensor& widened, const at::Tensor& kernel_gradient) override {
        const at::Tensor from = widened.contiguous(at::MemoryFormat::ChannelsLast);
        const std::int64_t out = kernel_gradient.size(0), in = kernel_gradient.size(3);
        kernels_->launch(NarrowKernel{.widened = pointer<void>(from),
                                      .in = static_cast<int>(in),
                                      .out = static_cast<int>(out),
                                      .kernel = pointer<void>(kernel_gradient)},
                         tiles_of(out, in));
    }

    void take_kernel_gradients(std::span<const KernelGradient> gradients) override {
        for (; !gradients.empty(); gradients = gradients.subspan(at_once(gradients))) {
            TakeGradients together{};
            std::int64_t most = 0;
            std::vector<at::Tensor> alive;
            for (std::size_t i = 0; i < at_once(gradients); ++i) {
                const at::Tensor from = gradients[i].from.contiguous();
                alive.push_back(from);
                together.gradients[i] = {.from = pointer<void>(from),
                                         .to = pointer<void>(gradients[i].to),
                                         .count = from.numel()};
                most = std::max(most, from.numel());
            }
            const Grid grid = Grid::of_threads(most * alive.front().element_size() / access_bytes);
            kernels_->launch(together, {std::min<long long>(grid.x, most_gradient_blocks),
                                        static_cast<int>(alive.size())});
        }
    }

private:
    /// `kernel` with what it lacks; `image`: one of the size of the images.
    void take_thin_weights(ThinWeights kernel, const at::Tensor& image,
                           const at::Tensor& weights_gradient) {
        kernel.images = images_of(image);
        kernel.scratch = scratch();
        kernel.gradient = pointer<void>(weights_gradient);
        kernels_->launch(kernel, {thin_blocks(kernel.images.pixels) / kernel.thin_channels,
                                  kernel.thin_channels});
    }

    static std::size_t at_once(std::span<const KernelGradient> gradients) {
        return std::min<std::size_t>(gradients.size(), TakeGradients::most);
    }

    static Grid tiles_of(std::int64_t out, std::int64_t in) {
        return {out / tile_side, static_cast<int>(in / tile_side)};
    }

    [[nodiscard]] Scratch scratch() const {
        return {pointer<void>(partial_), pointer<unsigned>(counters_)};
    }

    /// With a `count` also the coefficients, see prepare_norm.
    void sum(const at::Tensor& z, Norm& norm, std::optional<std::int64_t> count) {
        kernels_->launch(ReluSums{.z = pointer<void>(z),
                                  .bias = pointer<void>(norm.bias),
                                  .pixels = pixels_of(z),
                                  .scratch = scratch(),
                                  .prepares = count.has_value(),
                                  .norm = prepare_of(norm, count.value_or(0))},
                         summing_grid(z));
    }

    /// With a `count` also the gradients, if the layer trains, and the correction.
    void sum_backward(const at::Tensor& z, const Source& source, Norm& norm,
                      std::optional<std::int64_t> count) {
        const bool goes_on = count.has_value();
        kernels_->launch(
            NormBackwardSums{
                .z = pointer<void>(z),
                .bias = pointer<void>(norm.bias),
                .source = parts_of(source, z),
                .pixels = pixels_of(z),
                .scratch = scratch(),
                .beta_gradient = goes_on ? pointer<void>(norm.beta_gradient) : nullptr,
                .gamma_gradient = goes_on ? pointer<void>(norm.gamma_gradient) : nullptr,
                .prepares = goes_on,
                .norm = prepare_backward_of(norm, count.value_or(0))},
            summing_grid(z));
    }

    std::shared_ptr<const KernelLauncher> kernels_;
    at::Tensor step_;
    /// What Scratch points to. All kernels use the same: they are on one stream.
    at::Tensor partial_, counters_;
    std::unique_ptr<model::FusedOps> aten_;
};

}  // namespace

std::unique_ptr<model::FusedOps> make_cuda_fused_ops(std::shared_ptr<const KernelLauncher> kernels,
                                                     at::Device device, at::Tensor step) {
    return std::make_unique<CudaFusedOps>(std::move(kernels), device, std::move(step));
}

}  // namespace msunet::gpu

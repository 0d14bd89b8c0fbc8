// SPDX-License-Identifier: Apache-2.0
#include "gpu/cuda_fused_ops.hpp"

#include <ATen/ops/empty.h>
#include <ATen/ops/sum.h>

#include <algorithm>
#include <utility>

#include "gpu/kernel_parameters.hpp"

namespace msunet::gpu {
namespace {

using model::DropoutKey;
using model::DropoutRate;
using model::Norm;
using model::Source;
using model::Target;

/// Threads that sum by channel: enough to saturate a GPU's memory, few enough that their sums are
/// small. The same on every GPU, because the order of additions depends on it.
constexpr long long summing_threads = 1 << 17;

template <class T>
T* pointer(const at::Tensor& tensor) {
    return tensor.defined() ? static_cast<T*>(tensor.data_ptr()) : nullptr;
}

long long pixels_of(const at::Tensor& z) { return z.size(0) * z.size(2) * z.size(3); }

int channels_of(const at::Tensor& z) { return static_cast<int>(z.size(1)); }

/// Threads for a pixel, with four channels each.
long long quads_of(const at::Tensor& z) { return z.size(1) / 4; }

/// Partial sums by channel, one part for each group of threads.
struct Partial {
    long long groups;
    at::Tensor sums;  ///< (groups, sums · channels) float64

    Partial(const at::Tensor& z, std::int64_t count)
        : groups(std::min(pixels_of(z), summing_threads / quads_of(z))),
          sums(at::empty({groups, count * z.size(1)}, z.options().dtype(at::kDouble))) {}

    [[nodiscard]] long long threads(const at::Tensor& z) const { return groups * quads_of(z); }
    [[nodiscard]] at::Tensor total() const { return sums.sum({0}, false, at::kDouble); }
};

GradientParts parts_of(const Source& source, const at::Tensor& z) {
    return {.gradient = pointer<void>(source.gradient),
            .stride = source.gradient.defined() ? source.gradient.size(1) : 0,
            .offset = source.offset,
            .bits = pointer<unsigned>(source.bits),
            .keep_scale = source.bits.defined() ? source.keep_scale : 1,
            .pooled = pointer<void>(source.pooled),
            .pool_index = pointer<unsigned char>(source.pool_index),
            .width = z.size(3)};
}

class CudaFusedOps final : public model::FusedOps {
public:
    CudaFusedOps(std::shared_ptr<const KernelLauncher> kernels, at::Tensor step)
        : kernels_(std::move(kernels)),
          step_(std::move(step)),
          aten_(model::make_aten_fused_ops()) {}

    void relu_sums(const at::Tensor& z, Norm& norm) override {
        const Partial partial(z, 2);
        kernels_->launch(ReluSums{.z = pointer<void>(z),
                                  .pixels = pixels_of(z),
                                  .groups = partial.groups,
                                  .channels = channels_of(z),
                                  .partial = pointer<double>(partial.sums)},
                         partial.threads(z));
        norm.sums.view({-1}).copy_(partial.total());
    }

    void prepare_norm(Norm& norm, std::int64_t count) override {
        kernels_->launch(PrepareNorm{.channels = static_cast<int>(norm.gamma.size(0)),
                                     .count = norm.batch_statistics ? count : 0,
                                     .momentum = norm.constants.momentum,
                                     .epsilon = norm.constants.epsilon,
                                     .sums = pointer<double>(norm.sums),
                                     .gamma = pointer<void>(norm.gamma),
                                     .beta = pointer<void>(norm.beta),
                                     .moving_mean = pointer<void>(norm.moving_mean),
                                     .moving_variance = pointer<void>(norm.moving_variance),
                                     .mean = pointer<double>(norm.mean),
                                     .inverse = pointer<double>(norm.inverse),
                                     .scale = pointer<void>(norm.scale),
                                     .shift = pointer<void>(norm.shift)},
                         norm.gamma.size(0));
    }

    void norm_forward(const at::Tensor& z, const Norm& norm, const Target& target) override {
        const NormForward plain{.z = pointer<void>(z),
                                .pixels = pixels_of(z),
                                .channels = channels_of(z),
                                .scale = pointer<void>(norm.scale),
                                .shift = pointer<void>(norm.shift),
                                .out = pointer<void>(target.out),
                                .stride = target.out.defined() ? target.out.size(1) : 0,
                                .offset = target.offset,
                                .bits = pointer<unsigned>(target.bits),
                                .keep_scale = target.bits.defined() ? target.keep_scale : 1};
        const long long threads = plain.pixels * quads_of(z);
        if (!target.pooled.defined()) {
            kernels_->launch(plain, threads);
            return;
        }
        kernels_->launch(NormPoolForward{.norm = plain,
                                         .width = z.size(3),
                                         .pooled = pointer<void>(target.pooled),
                                         .pool_index = pointer<unsigned char>(target.pool_index)},
                         threads / 4);
    }

    void norm_backward_sums(const at::Tensor& z, const Source& source, Norm& norm) override {
        const Partial partial(z, 2);
        kernels_->launch(NormBackwardSums{.z = pointer<void>(z),
                                          .source = parts_of(source, z),
                                          .pixels = pixels_of(z),
                                          .groups = partial.groups,
                                          .channels = channels_of(z),
                                          .mean = pointer<double>(norm.mean),
                                          .inverse = pointer<double>(norm.inverse),
                                          .partial = pointer<double>(partial.sums)},
                         partial.threads(z));
        norm.sums.view({-1}).copy_(partial.total());
    }

    void take_norm_gradients(Norm& norm) override { aten_->take_norm_gradients(norm); }

    void prepare_norm_backward(Norm& norm, std::int64_t count) override {
        kernels_->launch(PrepareNormBackward{.channels = static_cast<int>(norm.gamma.size(0)),
                                             .count = norm.batch_statistics ? count : 0,
                                             .sums = pointer<double>(norm.sums),
                                             .mean = pointer<double>(norm.mean),
                                             .inverse = pointer<double>(norm.inverse),
                                             .gamma = pointer<void>(norm.gamma),
                                             .correction = pointer<void>(norm.correction)},
                         norm.gamma.size(0));
    }

    void norm_backward(at::Tensor& z, const Source& source, const Norm& norm,
                       const at::Tensor& bias_gradient) override {
        const Partial partial(z, 1);
        kernels_->launch(NormBackward{.z = pointer<void>(z),
                                      .source = parts_of(source, z),
                                      .pixels = pixels_of(z),
                                      .groups = partial.groups,
                                      .channels = channels_of(z),
                                      .scale = pointer<void>(norm.scale),
                                      .correction = pointer<void>(norm.correction),
                                      .partial = pointer<double>(partial.sums)},
                         partial.threads(z));
        if (bias_gradient.defined()) bias_gradient.copy_(partial.total());
    }

    // Like all others, the first and the last convolution are cuDNN's.
    at::Tensor first_convolution(const at::Tensor& x, const at::Tensor& weights,
                                 const at::Tensor& bias, Norm& norm, bool with_sums) override {
        at::Tensor z = aten_->first_convolution(x, weights, bias, norm, false);
        if (with_sums) relu_sums(z, norm);
        return z;
    }

    void first_convolution_backward(const at::Tensor& x, const at::Tensor& gradient,
                                    const at::Tensor& weights_gradient) override {
        aten_->first_convolution_backward(x, gradient, weights_gradient);
    }

    at::Tensor last_convolution(const at::Tensor& x, const at::Tensor& weights,
                                const at::Tensor& bias) override {
        return aten_->last_convolution(x, weights, bias);
    }

    at::Tensor last_convolution_backward(at::Tensor x, const at::Tensor& gradient,
                                         const at::Tensor& weights,
                                         const at::Tensor& weights_gradient,
                                         bool with_input) override {
        return aten_->last_convolution_backward(std::move(x), gradient, weights, weights_gradient,
                                                with_input);
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
                         bits.numel() / 4);
    }

private:
    std::shared_ptr<const KernelLauncher> kernels_;
    at::Tensor step_;
    std::unique_ptr<model::FusedOps> aten_;
};

}  // namespace

std::unique_ptr<model::FusedOps> make_cuda_fused_ops(std::shared_ptr<const KernelLauncher> kernels,
                                                     at::Tensor step) {
    return std::make_unique<CudaFusedOps>(std::move(kernels), std::move(step));
}

}  // namespace msunet::gpu

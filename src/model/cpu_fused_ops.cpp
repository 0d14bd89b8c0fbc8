// SPDX-License-Identifier: Apache-2.0
/// \file
/// FusedOps by the hand-written kernels: threads and pointers.

#include <cmath>
#include <utility>
#include <vector>

#include "model/cpu_tensors.hpp"
#include "model/cpu_thin_convolutions.hpp"
#include "msunet/model/fused_ops.hpp"

namespace msunet::model {
namespace {

const std::uint32_t* bits_of(const at::Tensor& bits) { return pointer<const std::uint32_t>(bits); }

std::int64_t pixels_of(const at::Tensor& z) { return z.size(0) * z.size(2) * z.size(3); }

/// Pixels that are worth a thread.
std::int64_t grain_for(std::int64_t channels) { return 1 + (1 << 15) / channels; }

template <class T>
kernels::GradientSource<T> raw(const Source& s, const at::Tensor& z) {
    return {.gradient = pointer<const T>(s.gradient),
            .stride = s.gradient.defined() ? s.gradient.size(1) : 0,
            .offset = s.offset,
            .bits = bits_of(s.bits),
            .keep_scale = static_cast<kernels::Arithmetic<T>>(s.keep_scale),
            .pooled = pointer<const T>(s.pooled),
            .pool_index = pointer<const std::uint8_t>(s.pool_index),
            .height = z.size(2),
            .width = z.size(3)};
}

template <class T>
kernels::OutputTarget<T> raw(const Target& t, const at::Tensor& z) {
    return {.out = pointer<T>(t.out),
            .stride = t.out.defined() ? t.out.size(1) : 0,
            .offset = t.offset,
            .bits = bits_of(t.bits),
            .keep_scale = static_cast<kernels::Arithmetic<T>>(t.keep_scale),
            .pooled = pointer<T>(t.pooled),
            .pool_index = pointer<std::uint8_t>(t.pool_index),
            .height = z.size(2),
            .width = z.size(3)};
}

class CpuFusedOps final : public FusedOps {
public:
    void relu_sums(const at::Tensor& z, Norm& norm) override {
        with_type(z, [&](auto type) {
            using T = decltype(type);
            const std::int64_t channels = z.size(1);
            parallel_sums(pixels_of(z), grain_for(channels), 2 * channels,
                          pointer<double>(norm.sums), [&](auto begin, auto end, double* sums) {
                              table<T>().relu_sums(pointer<T>(z), begin, end, channels, sums);
                          });
        });
    }

    void prepare_norm(Norm& norm, std::int64_t count) override {
        with_master_type(norm.gamma, [&](auto type) { prepare<decltype(type)>(norm, count); });
    }

    void norm_forward(const at::Tensor& z, const Norm& norm, const Target& target) override {
        with_type(z, [&](auto type) {
            using T = decltype(type);
            using A = kernels::Arithmetic<T>;
            const bool pooling = target.pooled.defined();
            const auto run = pooling ? table<T>().norm_pool_forward : table<T>().norm_forward;
            const std::int64_t channels = z.size(1);
            const auto to = raw<T>(target, z);
            at::parallel_for(0, pixels_of(z) / (pooling ? 4 : 1), grain_for(channels),
                             [&](std::int64_t begin, std::int64_t end) {
                                 run(pointer<T>(z), begin, end, channels, pointer<A>(norm.scale),
                                     pointer<A>(norm.shift), to);
                             });
        });
    }

    void norm_backward_sums(const at::Tensor& z, const Source& source, Norm& norm) override {
        with_type(z, [&](auto type) {
            using T = decltype(type);
            const std::int64_t channels = z.size(1);
            const auto from = raw<T>(source, z);
            auto* total = pointer<double>(norm.sums);
            parallel_sums(pixels_of(z), grain_for(channels), 2 * channels, total,
                          [&](auto begin, auto end, double* sums) {
                              table<T>().norm_backward_sums(pointer<T>(z), begin, end, channels,
                                                            from, sums);
                          });
            // Σ dy·â from Σ dy·a.
            const auto* mean = pointer<double>(norm.mean);
            const auto* inverse = pointer<double>(norm.inverse);
            for (std::int64_t c = 0; c < channels; ++c) {
                total[channels + c] = inverse[c] * (total[channels + c] - mean[c] * total[c]);
            }
        });
    }

    void take_norm_gradients(Norm& norm) override {
        const std::int64_t channels = norm.gamma.size(0);
        with_master_type(norm.gamma, [&](auto type) {
            using A = decltype(type);
            const auto* sums = pointer<double>(norm.sums);
            for (std::int64_t c = 0; c < channels; ++c) {
                pointer<A>(norm.beta_gradient)[c] = static_cast<A>(sums[c]);
                pointer<A>(norm.gamma_gradient)[c] = static_cast<A>(sums[channels + c]);
            }
        });
    }

    void prepare_norm_backward(Norm& norm, std::int64_t count) override {
        with_master_type(norm.gamma,
                         [&](auto type) { prepare_backward<decltype(type)>(norm, count); });
    }

    void norm_backward(at::Tensor& z, const Source& source, const Norm& norm,
                       const at::Tensor& bias_gradient) override {
        with_type(z, [&](auto type) {
            using T = decltype(type);
            using A = kernels::Arithmetic<T>;
            const std::int64_t channels = z.size(1);
            const auto from = raw<T>(source, z);
            std::vector<double> bias(static_cast<std::size_t>(channels));
            parallel_sums(pixels_of(z), grain_for(channels), channels, bias.data(),
                          [&](auto begin, auto end, double* sums) {
                              table<T>().norm_backward(pointer<T>(z), begin, end, channels, from,
                                                       pointer<A>(norm.scale),
                                                       pointer<A>(norm.correction), sums);
                          });
            if (!bias_gradient.defined()) return;
            for (std::size_t c = 0; c < bias.size(); ++c) {
                pointer<A>(bias_gradient)[c] = static_cast<A>(bias[c]);
            }
        });
    }

    at::Tensor first_convolution(const at::Tensor& x, const at::Tensor& weights,
                                 const at::Tensor& bias, Norm& norm) override {
        return cpu::first_convolution(x, weights, bias, norm.sums);
    }

    [[nodiscard]] bool sums_in_first_convolution() const override { return true; }

    void first_convolution_backward(const at::Tensor& x, const at::Tensor& gradient,
                                    const at::Tensor& weights_gradient) override {
        cpu::first_convolution_backward(x, gradient, weights_gradient);
    }

    at::Tensor last_convolution(const at::Tensor& x, const at::Tensor& weights,
                                const at::Tensor& bias) override {
        return cpu::last_convolution(x, weights, bias);
    }

    at::Tensor last_convolution_backward(at::Tensor x, const at::Tensor& gradient,
                                         const at::Tensor& weights,
                                         const at::Tensor& weights_gradient,
                                         bool with_input) override {
        return cpu::last_convolution_backward(std::move(x), gradient, weights, weights_gradient,
                                              with_input);
    }

    void dropout_mask(at::Tensor& bits, DropoutRate rate, DropoutKey key, std::uint32_t layer,
                      std::uint32_t first_sample) override {
        dropout_bits({pointer<std::uint32_t>(bits), static_cast<std::size_t>(bits.numel())},
                     bits.size(1), rate, key, layer, first_sample);
    }

private:
    template <class A>
    static void prepare(Norm& norm, std::int64_t count) {
        const std::int64_t channels = norm.gamma.size(0);
        const auto* sums = pointer<double>(norm.sums);
        auto* mean = pointer<double>(norm.mean);
        auto* inverse = pointer<double>(norm.inverse);
        auto* moving_mean = pointer<A>(norm.moving_mean);
        auto* moving_variance = pointer<A>(norm.moving_variance);
        const bool batch = norm.batch_statistics && count > 0;
        const auto n = static_cast<double>(count);
        const auto [momentum, epsilon] = norm.constants;
        for (std::int64_t c = 0; c < channels; ++c) {
            double variance = moving_variance[c];
            mean[c] = moving_mean[c];
            if (batch) {
                mean[c] = sums[c] / n;
                variance = sums[channels + c] / n - mean[c] * mean[c];
                // Rounding can make it negative for a constant channel. NaN must stay NaN.
                if (variance < 0) variance = 0;
                const double unbiased = count > 1 ? variance * n / (n - 1) : variance;
                moving_mean[c] =
                    static_cast<A>(moving_mean[c] * momentum + mean[c] * (1 - momentum));
                moving_variance[c] =
                    static_cast<A>(moving_variance[c] * momentum + unbiased * (1 - momentum));
            }
            inverse[c] = 1 / std::sqrt(variance + epsilon);
            const double scale = pointer<A>(norm.gamma)[c] * inverse[c];
            pointer<A>(norm.scale)[c] = static_cast<A>(scale);
            pointer<A>(norm.shift)[c] = static_cast<A>(pointer<A>(norm.beta)[c] - mean[c] * scale);
        }
    }

    template <class A>
    static void prepare_backward(Norm& norm, std::int64_t count) {
        const std::int64_t channels = norm.gamma.size(0);
        const auto* sums = pointer<double>(norm.sums);
        auto* c0 = pointer<A>(norm.correction);
        auto* c1 = c0 + channels;
        const bool batch = norm.batch_statistics && count > 0;
        const double share = batch ? 1 / static_cast<double>(count) : 0;
        for (std::int64_t c = 0; c < channels; ++c) {
            const double inverse = pointer<double>(norm.inverse)[c];
            const double scale = pointer<A>(norm.gamma)[c] * inverse;
            const double slope = batch ? scale * inverse * share * sums[channels + c] : 0;
            c1[c] = static_cast<A>(slope);
            c0[c] = batch ? static_cast<A>(scale * share * sums[c] -
                                           slope * pointer<double>(norm.mean)[c])
                          : A{0};
        }
    }
};

}  // namespace

std::unique_ptr<FusedOps> make_cpu_fused_ops() { return std::make_unique<CpuFusedOps>(); }

}  // namespace msunet::model

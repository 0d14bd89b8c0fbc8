// SPDX-License-Identifier: Apache-2.0
// FusedOps by the hand-written kernels: threads and pointers.

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>

#include <cmath>
#include <type_traits>
#include <vector>

#include "model/kernels/table.hpp"
#include "msunet/core/error.hpp"
#include "msunet/model/fused_ops.hpp"

namespace msunet::model {
namespace {

using kernels::Bf16;
using kernels::Table;

template <class T>
const Table<T>& table() {
    const auto& all = kernels::kernels();
    if constexpr (std::is_same_v<T, float>) return all.float32;
    if constexpr (std::is_same_v<T, double>) return all.float64;
    if constexpr (std::is_same_v<T, Bf16>) return all.bfloat16;
}

/// Calls f with a value of the tensor's element type.
template <class F>
void with_type(const at::Tensor& tensor, F&& f) {
    switch (tensor.scalar_type()) {
        case at::kFloat:
            return f(float{});
        case at::kDouble:
            return f(double{});
        case at::kBFloat16:
            return f(Bf16{});
        default:
            throw core::Error(core::ExitCode::failure, "no kernel for this type of tensor");
    }
}

template <class T>
T* pointer(const at::Tensor& tensor) {
    return tensor.defined() ? static_cast<T*>(tensor.data_ptr()) : nullptr;
}

const std::uint32_t* bits_of(const at::Tensor& bits) { return pointer<const std::uint32_t>(bits); }

std::int64_t pixels_of(const at::Tensor& z) { return z.size(0) * z.size(2) * z.size(3); }

/// Runs f(begin, end, sums) over [0, count) in parallel, each thread with `size` sums of its own,
/// and adds those up in the order of the threads: the same threads give the same bits.
template <class F>
void parallel_sums(std::int64_t count, std::int64_t grain, std::int64_t size, double* total,
                   F&& f) {
    std::vector<std::vector<double>> parts(static_cast<std::size_t>(at::get_num_threads()));
    at::parallel_for(0, count, grain, [&](std::int64_t begin, std::int64_t end) {
        auto& part = parts[static_cast<std::size_t>(at::get_thread_num())];
        part.assign(static_cast<std::size_t>(size), 0.0);
        f(begin, end, part.data());
    });
    for (std::int64_t i = 0; i < size; ++i) total[i] = 0;
    for (const auto& part : parts) {
        for (std::size_t i = 0; i < part.size(); ++i) total[i] += part[i];
    }
}

/// Pixels worth a thread of their own.
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
        with_type(norm.gamma, [&](auto type) {
            using A = decltype(type);
            if constexpr (!std::is_same_v<A, Bf16>) prepare<A>(norm, count);
        });
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
        with_type(norm.gamma, [&](auto type) {
            using A = decltype(type);
            if constexpr (!std::is_same_v<A, Bf16>) {
                const auto* sums = pointer<double>(norm.sums);
                for (std::int64_t c = 0; c < channels; ++c) {
                    pointer<A>(norm.beta_gradient)[c] = static_cast<A>(sums[c]);
                    pointer<A>(norm.gamma_gradient)[c] = static_cast<A>(sums[channels + c]);
                }
            }
        });
    }

    void prepare_norm_backward(Norm& norm, std::int64_t count) override {
        with_type(norm.gamma, [&](auto type) {
            using A = decltype(type);
            if constexpr (!std::is_same_v<A, Bf16>) prepare_backward<A>(norm, count);
        });
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
                                 const at::Tensor& bias, Norm& norm, bool) override {
        const std::int64_t channels = bias.size(0), height = x.size(2), width = x.size(3);
        at::Tensor z = at::empty({x.size(0), channels, height, width}, x.options(),
                                 at::MemoryFormat::ChannelsLast);
        with_type(x, [&](auto type) {
            using T = decltype(type);
            using A = kernels::Arithmetic<T>;
            parallel_sums(x.size(0) * height, 8, 2 * channels, pointer<double>(norm.sums),
                          [&](auto begin, auto end, double* sums) {
                              table<T>().first_convolution(
                                  pointer<T>(x), pointer<T>(z), begin, end, height, width, channels,
                                  pointer<A>(weights), pointer<A>(bias), sums);
                          });
        });
        return z;
    }

    void first_convolution_backward(const at::Tensor& x, const at::Tensor& gradient,
                                    const at::Tensor& weights_gradient) override {
        const std::int64_t channels = gradient.size(1), height = x.size(2), width = x.size(3);
        with_type(x, [&](auto type) {
            using T = decltype(type);
            using A = kernels::Arithmetic<T>;
            std::vector<double> total(static_cast<std::size_t>(9 * channels));
            parallel_sums(x.size(0) * height, 8, 9 * channels, total.data(),
                          [&](auto begin, auto end, double* sums) {
                              table<T>().first_convolution_weights(pointer<T>(x),
                                                                   pointer<T>(gradient), begin, end,
                                                                   height, width, channels, sums);
                          });
            for (std::size_t i = 0; i < total.size(); ++i) {
                pointer<A>(weights_gradient)[i] = static_cast<A>(total[i]);
            }
        });
    }

    at::Tensor last_convolution(const at::Tensor& x, const at::Tensor& weights,
                                const at::Tensor& bias) override {
        const std::int64_t out = bias.size(0), height = x.size(2), width = x.size(3);
        at::Tensor z =
            at::empty({x.size(0), out, height, width}, x.options(), at::MemoryFormat::ChannelsLast);
        with_type(x, [&](auto type) {
            using T = decltype(type);
            using A = kernels::Arithmetic<T>;
            at::parallel_for(0, x.size(0) * height, 8, [&](std::int64_t begin, std::int64_t end) {
                table<T>().last_convolution(pointer<T>(x), pointer<T>(z), begin, end, height, width,
                                            pointer<A>(weights), pointer<A>(bias));
            });
        });
        return z;
    }

    at::Tensor last_convolution_backward(at::Tensor x, const at::Tensor& gradient,
                                         const at::Tensor& weights,
                                         const at::Tensor& weights_gradient,
                                         bool with_input) override {
        at::Tensor dx;
        with_type(x, [&](auto type) {
            using T = decltype(type);
            if (weights_gradient.defined()) last_weights<T>(x, gradient, weights_gradient);
            x.reset();
            if (with_input) dx = last_input<T>(gradient, weights);
        });
        return dx;
    }

    void dropout_mask(at::Tensor& bits, DropoutRate rate, DropoutKey key, std::uint32_t layer,
                      std::uint32_t first_sample) override {
        dropout_bits({pointer<std::uint32_t>(bits), static_cast<std::size_t>(bits.numel())},
                     bits.size(1), rate, key, layer, first_sample);
    }

private:
    template <class T>
    static void last_weights(const at::Tensor& x, const at::Tensor& gradient,
                             const at::Tensor& weights_gradient) {
        using A = kernels::Arithmetic<T>;
        const std::int64_t height = x.size(2), width = x.size(3);
        std::vector<double> total(static_cast<std::size_t>(weights_gradient.numel()));
        parallel_sums(x.size(0) * height, 8, weights_gradient.numel(), total.data(),
                      [&](auto begin, auto end, double* sums) {
                          table<T>().last_convolution_weights(pointer<T>(x), pointer<T>(gradient),
                                                              begin, end, height, width, sums);
                      });
        for (std::size_t i = 0; i < total.size(); ++i) {
            pointer<A>(weights_gradient)[i] = static_cast<A>(total[i]);
        }
    }

    template <class T>
    static at::Tensor last_input(const at::Tensor& gradient, const at::Tensor& weights) {
        using A = kernels::Arithmetic<T>;
        const std::int64_t samples = gradient.size(0), height = gradient.size(2),
                           width = gradient.size(3);
        at::Tensor dx = at::empty({samples, weights.size(3), height, width}, gradient.options(),
                                  at::MemoryFormat::ChannelsLast);
        at::parallel_for(0, samples * height, 8, [&](std::int64_t begin, std::int64_t end) {
            table<T>().last_convolution_input(pointer<T>(gradient), pointer<T>(dx), begin, end,
                                              height, width, pointer<A>(weights));
        });
        return dx;
    }

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
                // Rounding may leave a constant channel below 0; NaN must stay NaN.
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

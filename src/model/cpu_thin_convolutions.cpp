// SPDX-License-Identifier: Apache-2.0
#include "model/cpu_thin_convolutions.hpp"

#include <ATen/ops/empty.h>

#include "model/cpu_tensors.hpp"

namespace msunet::model::cpu {
namespace {

using kernels::Arithmetic;

/// Rows that are worth a thread.
constexpr std::int64_t grain = 8;

/// Runs f(begin, end, sums) over the rows of all images and writes the sums, which are added up in
/// double, to `gradient`.
template <class A, class F>
void sum_gradient(const at::Tensor& x, const at::Tensor& gradient, F&& f) {
    const std::int64_t size = gradient.numel();
    std::vector<double> total(static_cast<std::size_t>(size));
    parallel_sums(x.size(0) * x.size(2), grain, size, total.data(), f);
    for (std::size_t i = 0; i < total.size(); ++i) {
        pointer<A>(gradient)[i] = static_cast<A>(total[i]);
    }
}

template <class T>
void last_weights(const at::Tensor& x, const at::Tensor& gradient,
                  const at::Tensor& weights_gradient) {
    const std::int64_t height = x.size(2), width = x.size(3);
    sum_gradient<Arithmetic<T>>(x, weights_gradient, [&](auto begin, auto end, double* sums) {
        table<T>().last_convolution_weights(pointer<T>(x), pointer<T>(gradient), begin, end, height,
                                            width, sums);
    });
}

template <class T>
at::Tensor last_input(const at::Tensor& gradient, const at::Tensor& weights) {
    const std::int64_t samples = gradient.size(0), height = gradient.size(2),
                       width = gradient.size(3);
    at::Tensor dx = at::empty({samples, weights.size(3), height, width}, gradient.options(),
                              at::MemoryFormat::ChannelsLast);
    at::parallel_for(0, samples * height, grain, [&](std::int64_t begin, std::int64_t end) {
        table<T>().last_convolution_input(pointer<T>(gradient), pointer<T>(dx), begin, end, height,
                                          width, pointer<Arithmetic<T>>(weights));
    });
    return dx;
}

}  // namespace

at::Tensor first_convolution(const at::Tensor& x, const at::Tensor& weights, const at::Tensor& bias,
                             const at::Tensor& sums) {
    const std::int64_t channels = bias.size(0), height = x.size(2), width = x.size(3);
    at::Tensor z = at::empty({x.size(0), channels, height, width}, x.options(),
                             at::MemoryFormat::ChannelsLast);
    with_type(x, [&](auto type) {
        using T = decltype(type);
        using A = Arithmetic<T>;
        parallel_sums(x.size(0) * height, grain, 2 * channels, pointer<double>(sums),
                      [&](auto begin, auto end, double* part) {
                          table<T>().first_convolution(pointer<T>(x), pointer<T>(z), begin, end,
                                                       height, width, channels, pointer<A>(weights),
                                                       pointer<A>(bias), part);
                      });
    });
    return z;
}

void first_convolution_backward(const at::Tensor& x, const at::Tensor& gradient,
                                const at::Tensor& weights_gradient) {
    const std::int64_t channels = gradient.size(1), height = x.size(2), width = x.size(3);
    with_type(x, [&](auto type) {
        using T = decltype(type);
        sum_gradient<Arithmetic<T>>(x, weights_gradient, [&](auto begin, auto end, double* sums) {
            table<T>().first_convolution_weights(pointer<T>(x), pointer<T>(gradient), begin, end,
                                                 height, width, channels, sums);
        });
    });
}

at::Tensor last_convolution(const at::Tensor& x, const at::Tensor& weights,
                            const at::Tensor& bias) {
    const std::int64_t out = bias.size(0), height = x.size(2), width = x.size(3);
    at::Tensor z =
        at::empty({x.size(0), out, height, width}, x.options(), at::MemoryFormat::ChannelsLast);
    with_type(x, [&](auto type) {
        using T = decltype(type);
        using A = Arithmetic<T>;
        at::parallel_for(0, x.size(0) * height, grain, [&](std::int64_t begin, std::int64_t end) {
            table<T>().last_convolution(pointer<T>(x), pointer<T>(z), begin, end, height, width,
                                        pointer<A>(weights), pointer<A>(bias));
        });
    });
    return z;
}

at::Tensor last_convolution_backward(at::Tensor x, const at::Tensor& gradient,
                                     const at::Tensor& weights, const at::Tensor& weights_gradient,
                                     bool with_input) {
    at::Tensor dx;
    with_type(x, [&](auto type) {
        using T = decltype(type);
        if (weights_gradient.defined()) last_weights<T>(x, gradient, weights_gradient);
        x.reset();
        if (with_input) dx = last_input<T>(gradient, weights);
    });
    return dx;
}

}  // namespace msunet::model::cpu

// SPDX-License-Identifier: Apache-2.0
#include "model/convolution.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/add.h>
#include <ATen/ops/convolution.h>
#include <ATen/ops/convolution_backward.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/stack.h>

#include <algorithm>
#include <array>
#include <limits>
#include <tuple>
#include <vector>

#include "model/kernels/table.hpp"
#include "model/tile_convolution.hpp"
#include "model/winograd.hpp"
#include "msunet/core/error.hpp"
#include "msunet/model/fused_ops.hpp"

namespace msunet::model {
namespace {

struct Geometry {
    std::vector<std::int64_t> stride, padding, output_padding;
    bool transposed;
    std::vector<std::int64_t> dilation{1, 1};
};

Geometry geometry(ConvolutionKind kind, const at::Tensor& weights) {
    if (kind == ConvolutionKind::up) {
        // The full result has 2H + 1 rows. Padding 1 removes the first and the last, output padding
        // 1 adds the last one again.
        return {.stride = {2, 2}, .padding = {1, 1}, .output_padding = {1, 1}, .transposed = true};
    }
    return {.stride = {1, 1},
            .padding = {weights.size(2) / 2, weights.size(3) / 2},
            .output_padding = {0, 0},
            .transposed = false};
}

/// (w1, w0 + w1, w0) along a dimension: a kernel of two taps on up-sampled pixels, as it acts on a
/// pixel before up-sampling.
at::Tensor widened(const at::Tensor& w, std::int64_t dim) {
    const at::Tensor first = w.select(dim, 0), second = w.select(dim, 1);
    return at::stack({second, first + second, first}, dim);
}

/// The adjoint of `widened`.
at::Tensor narrowed(const at::Tensor& k, std::int64_t dim) {
    const at::Tensor middle = k.select(dim, 1);
    return at::stack({middle + k.select(dim, 2), middle + k.select(dim, 0)}, dim);
}

/// The kernel as ATen reads it, in this type.
at::Tensor library_weights(const Convolution& convolution, at::ScalarType type,
                           FusedOps* fused_ops) {
    if (convolution.kind == ConvolutionKind::same) {
        const bool done = convolution.converted.defined();
        return (done ? convolution.converted : convolution.kernel).permute({0, 3, 1, 2}).to(type);
    }
    return fused_ops != nullptr ? fused_ops->widened_kernel(convolution.kernel, type)
                                : aten_widened_kernel(convolution.kernel).to(type);
}

/// Calls f with our own kernels for a convolution in this type, if there are any, until it returns
/// true, and returns whether it did.
template <class F>
bool with_own_kernels(const Convolution& convolution, at::ScalarType type, F&& f) {
    const bool up = convolution.kind == ConvolutionKind::up;
    const auto try_one = [&](const auto& own) {
        return is_applicable(own, convolution.kernel) && f(own);
    };
    const auto try_all = [&](const auto* winograds) {
        return winograds != nullptr &&
               std::ranges::any_of(up ? winograds->up : winograds->same, try_one);
    };
    const auto& all = kernels::kernels();
    if (type == at::kFloat) return try_all(all.float32_winograds);
    if (type != at::kBFloat16) return false;
    const auto* tiles = all.tile_convolutions;
    if (tiles != nullptr) return try_one(up ? tiles->up : tiles->same);
    return try_all(all.bfloat16_winograds);
}

/// Pixels are numbered in 32 bits.
bool fits(const kernels::TileConvolution& tiles, const at::Tensor& x) {
    const std::int64_t pixels =
        x.size(0) * x.size(2) * x.size(3) * tiles.upsampling * tiles.upsampling;
    return pixels <= std::numeric_limits<std::int32_t>::max();
}

template <class T>
bool fits(const kernels::Winograd<T>& winograd, const at::Tensor& x) {
    const std::int64_t step = winograd.forward.step;
    return x.size(2) % step == 0 && x.size(3) % step == 0;
}

/// The same for images of x's size.
template <class F>
bool with_own_kernels(const Convolution& convolution, const at::Tensor& x, F&& f) {
    return with_own_kernels(convolution, x.scalar_type(), [&](const auto& own) {
        if (!fits(own, x)) return false;
        f(own);
        return true;
    });
}

/// The input of kernels that don't normalise. Whoever gives coefficients asks normalises_input
/// first, so that anything else is an error of this program.
const at::Tensor& unnormalised(const ConvolutionInput& input) {
    if (input.needs_norm()) {
        throw core::Error(core::ExitCode::failure,
                          "internal error: this convolution can't normalise its input");
    }
    return input.x;
}

Convolved run(const kernels::TileConvolution& tiles, const Convolution& convolution,
              const ConvolutionInput& input, const at::Tensor& sums) {
    return {convolve(tiles, input, convolution.kernel, convolution.bias, sums), sums.defined()};
}

template <class T>
Convolved run(const kernels::Winograd<T>& winograd, const Convolution& convolution,
              const ConvolutionInput& input, const at::Tensor& /*sums*/) {
    return {convolve(winograd, unnormalised(input), convolution.kernel, convolution.bias), false};
}

void write_gradient(const kernels::TileConvolution& tiles, const ConvolutionInput& input,
                    const at::Tensor& gradient, const at::Tensor& kernel_gradient) {
    write_kernel_gradient(tiles, input, gradient, kernel_gradient);
}

template <class T>
void write_gradient(const kernels::Winograd<T>& winograd, const ConvolutionInput& input,
                    const at::Tensor& gradient, const at::Tensor& kernel_gradient) {
    write_kernel_gradient(winograd, unnormalised(input), gradient, kernel_gradient);
}

constexpr bool normalises(const kernels::TileConvolution& /*tiles*/) { return true; }
template <class T>
constexpr bool normalises(const kernels::Winograd<T>& /*winograd*/) {
    return false;
}

/// The weights for the library. They are made here if `refresh` was not called, or chose our own
/// kernels, which don't support the size of the images.
at::Tensor weights_for(const Convolution& convolution, at::ScalarType type,
                       FusedOps* fused_ops = nullptr) {
    if (convolution.weights.defined()) return convolution.weights;
    return library_weights(convolution, type, fused_ops);
}

at::Tensor library_backward(const Convolution& convolution, const at::Tensor& gradient,
                            const at::Tensor& x, bool with_input, FusedOps* fused_ops,
                            std::vector<KernelGradient>* later) {
    const at::Tensor weights = weights_for(convolution, x.scalar_type(), fused_ops);
    const Geometry g = geometry(convolution.kind, weights);
    const std::array<bool, 3> wanted{with_input, convolution.trainable(), false};
    auto [dx, dw, db] =
        at::convolution_backward(gradient, x, weights, at::OptionalIntArrayRef(), g.stride,
                                 g.padding, g.dilation, g.transposed, g.output_padding, 1, wanted);
    if (convolution.trainable()) {
        const at::Tensor& to = convolution.kernel_gradient;
        if (convolution.kind != ConvolutionKind::up) {
            const KernelGradient made{dw.permute({0, 2, 3, 1}), to};
            if (later != nullptr) {
                later->push_back(made);
            } else {
                to.copy_(made.from);
            }
        } else if (fused_ops != nullptr) {
            fused_ops->narrow_gradient(dw, to);
        } else {
            aten_narrow_gradient(dw, to);
        }
    }
    return with_input ? dx.contiguous(at::MemoryFormat::ChannelsLast) : at::Tensor();
}

}  // namespace

at::Tensor aten_widened_kernel(const at::Tensor& kernel) {
    // (cout,2,2,cin) → (cin,3,3,cout), seen as (cin,cout,3,3).
    return widened(widened(kernel, 1), 2).permute({3, 1, 2, 0}).contiguous().permute({0, 3, 1, 2});
}

void aten_narrow_gradient(const at::Tensor& widened, const at::Tensor& kernel_gradient) {
    // (cin,cout,3,3) → (cout,3,3,cin)
    const at::Tensor k = widened.to(kernel_gradient.scalar_type()).permute({1, 2, 3, 0});
    kernel_gradient.copy_(narrowed(narrowed(k, 1), 2));
}

void Convolution::refresh(at::ScalarType type, FusedOps* fused_ops) {
    const bool is_own = with_own_kernels(*this, type, [](const auto&) { return true; });
    weights = is_own ? at::Tensor() : library_weights(*this, type, fused_ops);
}

at::Tensor convolve(const Convolution& convolution, const at::Tensor& x, bool with_bias) {
    return convolve_and_sum(convolution, {x}, with_bias, {}).z;
}

bool normalises_input(const Convolution& convolution, const at::Tensor& x) {
    bool result = false;
    with_own_kernels(convolution, x, [&](const auto& own) { result = normalises(own); });
    return result;
}

Convolved convolve_and_sum(const Convolution& convolution, const ConvolutionInput& input,
                           bool with_bias, const at::Tensor& sums) {
    const at::Tensor& x = input.x;
    const at::Tensor& kernel = convolution.kernel;
    const ConvolutionKind kind = convolution.kind;
    if (x.size(0) == 0) {
        const std::int64_t upsampling = kind == ConvolutionKind::up ? 2 : 1;
        return {at::empty({0, kernel.size(0), upsampling * x.size(2), upsampling * x.size(3)},
                          x.options(), at::MemoryFormat::ChannelsLast),
                false};
    }
    Convolved result{};
    if (with_bias && with_own_kernels(convolution, x, [&](const auto& own) {
            result = run(own, convolution, input, sums);
        })) {
        return result;
    }
    const at::Tensor weights = weights_for(convolution, x.scalar_type());
    const Geometry g = geometry(kind, weights);
    const at::Tensor bias = with_bias ? convolution.bias.to(x.scalar_type()) : at::Tensor();
    return {at::convolution(unnormalised(input), weights, bias, g.stride, g.padding, g.dilation,
                            g.transposed, g.output_padding, 1)
                .contiguous(at::MemoryFormat::ChannelsLast),
            false};
}

at::Tensor convolve_backward(const Convolution& convolution, const at::Tensor& gradient,
                             ConvolutionInput input, bool with_input, FusedOps* fused_ops,
                             std::vector<KernelGradient>* later) {
    if (input.x.size(0) == 0) {
        if (convolution.trainable()) convolution.kernel_gradient.zero_();
        return with_input
                   ? at::empty(input.x.sizes(), input.x.options(), at::MemoryFormat::ChannelsLast)
                   : at::Tensor();
    }
    if (!with_input && !convolution.trainable()) return {};
    at::Tensor dx;
    if (with_own_kernels(convolution, input.x, [&](const auto& own) {
            if (convolution.trainable()) {
                write_gradient(own, input, gradient, convolution.kernel_gradient);
            }
            input = {};
            if (with_input) dx = input_gradient(own, gradient, convolution.kernel);
        })) {
        return dx;
    }
    return library_backward(convolution, gradient, unnormalised(input), with_input, fused_ops,
                            later);
}

}  // namespace msunet::model

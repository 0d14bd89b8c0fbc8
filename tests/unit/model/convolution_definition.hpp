// SPDX-License-Identifier: Apache-2.0
/// \file
/// Convolutions by their definition, to compare our own with, and what all of ours have in common.
#pragma once

#include <ATen/TensorOperators.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/convolution.h>
#include <ATen/ops/convolution_backward.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <cstdint>

#include "model/tile_convolution.hpp"
#include "model/winograd.hpp"

namespace msunet::test {

inline at::Tensor image(std::int64_t n, std::int64_t channels, std::int64_t height,
                        std::int64_t width) {
    return at::randn({n, channels, height, width}).contiguous(at::MemoryFormat::ChannelsLast);
}

/// The shape of the input, and the output's channels.
struct Shape {
    std::int64_t images, in, out, height, width;
};

struct Gradients {
    at::Tensor input, kernel;
};

/// The convolution by its definition, with ATen.
struct Definition {
    bool up;

    [[nodiscard]] at::Tensor padded(const at::Tensor& x) const {
        if (!up) return at::constant_pad_nd(x, {1, 1, 1, 1});
        return at::constant_pad_nd(x.repeat_interleave(2, 2).repeat_interleave(2, 3), {0, 1, 0, 1});
    }
    [[nodiscard]] at::Tensor forward(const at::Tensor& x, const at::Tensor& kernel,
                                     const at::Tensor& bias) const {
        return at::convolution(padded(x), kernel.permute({0, 3, 1, 2}), bias, {1, 1}, {0, 0},
                               {1, 1}, false, {0, 0}, 1);
    }
    [[nodiscard]] Gradients backward(const at::Tensor& gradient, const at::Tensor& x,
                                     const at::Tensor& kernel) const {
        auto [dx, dw, db] = at::convolution_backward(
            gradient, padded(x), kernel.permute({0, 3, 1, 2}), at::OptionalIntArrayRef(), {1, 1},
            {0, 0}, {1, 1}, false, {0, 0}, 1, {true, true, false});
        const std::int64_t n = x.size(0), c = x.size(1), h = x.size(2), w = x.size(3);
        if (up) {
            dx = dx.slice(2, 0, 2 * h).slice(3, 0, 2 * w).reshape({n, c, h, 2, w, 2}).sum({3, 5});
        } else {
            dx = dx.slice(2, 1, h + 1).slice(3, 1, w + 1);
        }
        return {dx, dw.permute({0, 2, 3, 1})};
    }
};

/// The relative error in the norm.
inline double distance(const at::Tensor& found, const at::Tensor& expected) {
    return ((found.to(at::kDouble) - expected).norm() / expected.norm()).item<double>();
}

/// Which kernels our own 3×3 convolutions are for.
template <class Own>
void expect_whole_blocks_alone(const Own& same) {
    const auto kernel = at::zeros({32, 3, 3, 64});
    EXPECT_TRUE(model::is_applicable(same, kernel));
    EXPECT_FALSE(model::is_applicable(same, kernel.to(at::kDouble)));
    EXPECT_FALSE(model::is_applicable(same, at::zeros({2, 3, 3, 32}))) << "two output channels";
    EXPECT_FALSE(model::is_applicable(same, at::zeros({32, 3, 3, 1}))) << "one input channel";
    EXPECT_FALSE(model::is_applicable(same, at::zeros({32, 2, 2, 32}))) << "another kernel";
}

}  // namespace msunet::test

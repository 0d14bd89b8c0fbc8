// SPDX-License-Identifier: Apache-2.0
/// \file
/// Winograd's transforms in one dimension; in two dimensions each is applied twice.
///
/// A transform has taps, reads `input` pixels for the `output` pixels of a tile, and turns both and
/// the kernel into `positions` numbers: the convolution is transform_output(transform_input(x) ·
/// transform_kernel(w)), with an elementwise product. transform_gradient and kernel_gradient are
/// the adjoints of transform_output and transform_kernel.
#pragma once

namespace msunet::model::kernels {
namespace {

/// F(2×2, 3×3): 3×3 taps, tiles of 2×2 pixels.
struct SameTransform {
    static constexpr int taps = 3;
    static constexpr int input = 4;      ///< pixels that a tile depends on
    static constexpr int positions = 4;  ///< numbers after the transform
    static constexpr int output = 2;     ///< pixels of a tile
    static constexpr int step = 2;       ///< input pixels from tile to tile
    static constexpr int offset = -1;    ///< first input pixel of the first tile

    template <class V>
    static void transform_input(const V (&x)[input], V (&to)[positions]) {
        to[0] = x[0] - x[2];
        to[1] = x[1] + x[2];
        to[2] = x[2] - x[1];
        to[3] = x[1] - x[3];
    }
    template <class V>
    static void transform_output(const V (&m)[positions], V (&to)[output]) {
        to[0] = m[0] + m[1] + m[2];
        to[1] = m[1] - m[2] - m[3];
    }
    template <class V>
    static void transform_gradient(const V (&dy)[output], V (&to)[positions]) {
        to[0] = dy[0];
        to[1] = dy[0] + dy[1];
        to[2] = dy[0] - dy[1];
        to[3] = -dy[1];
    }
    template <class V>
    static void transform_kernel(const V (&w)[taps], V (&to)[positions]) {
        const V ends = (w[0] + w[2]) * 0.5F, middle = w[1] * 0.5F;
        to[0] = w[0];
        to[1] = ends + middle;
        to[2] = ends - middle;
        to[3] = w[2];
    }
    template <class V>
    static void kernel_gradient(const V (&du)[positions], V (&to)[taps]) {
        const V sum = (du[1] + du[2]) * 0.5F;
        to[0] = du[0] + sum;
        to[1] = (du[1] - du[2]) * 0.5F;
        to[2] = du[3] + sum;
    }
};

/// F(4×4, 3×3): tiles of 4×4 pixels, with the points 0, ±1, ±b and ∞. With this b, outputs of
/// random images have a relative error of 2.1e-6; with Lavin and Gray's b = 2 it is 2.3e-6, and
/// 0.4e-6 in F(2×2, 3×3).
///
/// Where images are constant, as the background is, the point 1 alone has a number other than 0, so
/// that all pixels of a tile get the same bits and ties of max pooling stay ties. Differences of
/// neighbours come first for this reason.
struct WideTransform {
    static constexpr int taps = 3, input = 6, positions = 6, output = 4, step = 4, offset = -1;

    static constexpr float b = 1.75F, bb = b * b;
    /// The inverse of the product of the distances from a point to the others.
    static constexpr float at_0 = 1 / bb, at_1 = 1 / (2 * (1 - bb)), at_b = 1 / (2 * bb * (bb - 1));

    /// The numbers of the points ±1 and ±b, from the even and the odd powers of 1 and of b.
    template <class V>
    static void put_pairs(const V& even_1, const V& odd_1, const V& even_b, const V& odd_b,
                          V (&to)[positions]) {
        to[1] = even_1 + odd_1;
        to[2] = even_1 - odd_1;
        to[3] = even_b + odd_b;
        to[4] = even_b - odd_b;
    }

    template <class V>
    static void transform_input(const V (&x)[input], V (&to)[positions]) {
        const V even_1 = x[4] - bb * x[2], odd_1 = x[3] - bb * x[1];
        const V even_b = x[4] - x[2], odd_b = b * (x[3] - x[1]);
        to[0] = bb * (x[0] - x[2]) + even_b;
        put_pairs(even_1, odd_1, even_b, odd_b, to);
        to[5] = bb * (x[1] - x[3]) + (x[5] - x[3]);
    }
    template <class V>
    static void transform_output(const V (&m)[positions], V (&to)[output]) {
        const V sum_1 = m[1] + m[2], difference_1 = m[1] - m[2];
        const V sum_b = m[3] + m[4], difference_b = b * (m[3] - m[4]);
        to[0] = m[0] + sum_1 + sum_b;
        to[1] = difference_1 + difference_b;
        to[2] = sum_1 + bb * sum_b;
        to[3] = difference_1 + bb * difference_b + m[5];
    }
    template <class V>
    static void transform_gradient(const V (&dy)[output], V (&to)[positions]) {
        const V even_1 = dy[0] + dy[2], odd_1 = dy[1] + dy[3];
        const V even_b = dy[0] + bb * dy[2], odd_b = b * (dy[1] + bb * dy[3]);
        to[0] = dy[0];
        put_pairs(even_1, odd_1, even_b, odd_b, to);
        to[5] = dy[3];
    }
    template <class V>
    static void transform_kernel(const V (&w)[taps], V (&to)[positions]) {
        const V even_1 = at_1 * (w[0] + w[2]), odd_1 = at_1 * w[1];
        const V even_b = at_b * (w[0] + bb * w[2]), odd_b = at_b * b * w[1];
        to[0] = at_0 * w[0];
        put_pairs(even_1, odd_1, even_b, odd_b, to);
        to[5] = w[2];
    }
    template <class V>
    static void kernel_gradient(const V (&du)[positions], V (&to)[taps]) {
        const V sum_1 = at_1 * (du[1] + du[2]), sum_b = at_b * (du[3] + du[4]);
        to[0] = at_0 * du[0] + sum_1 + sum_b;
        to[1] = at_1 * (du[1] - du[2]) + at_b * b * (du[3] - du[4]);
        to[2] = sum_1 + bb * sum_b + du[5];
    }
};

/// Nearest ×2 up-sampling, then two taps w₀, w₁: y₀ = (w₀ + w₁)·x₀ and y₁ = w₀·x₀ + w₁·x₁, which is
/// y₀ + w₁·(x₁ − x₀).
struct UpTransform {
    static constexpr int taps = 2, input = 2, positions = 2, output = 2, step = 1, offset = 0;

    template <class V>
    static void transform_input(const V (&x)[input], V (&to)[positions]) {
        to[0] = x[0];
        to[1] = x[1] - x[0];
    }
    template <class V>
    static void transform_output(const V (&m)[positions], V (&to)[output]) {
        to[0] = m[0];
        to[1] = m[0] + m[1];
    }
    template <class V>
    static void transform_gradient(const V (&dy)[output], V (&to)[positions]) {
        to[0] = dy[0] + dy[1];
        to[1] = dy[1];
    }
    template <class V>
    static void transform_kernel(const V (&w)[taps], V (&to)[positions]) {
        to[0] = w[0] + w[1];
        to[1] = w[1];
    }
    template <class V>
    static void kernel_gradient(const V (&du)[positions], V (&to)[taps]) {
        to[0] = du[0];
        to[1] = du[0] + du[1];
    }
};

/// Its adjoint, with tiles of one pixel: dx₀ = (w₀ + w₁)·(dy₀ + dy₁) + w₁·(dy₋₁ − dy₁).
struct UpAdjointTransform : UpTransform {
    static constexpr int input = 3, output = 1, step = 2, offset = -1;

    template <class V>
    static void transform_input(const V (&dy)[input], V (&to)[positions]) {
        to[0] = dy[1] + dy[2];
        to[1] = dy[0] - dy[2];
    }
    template <class V>
    static void transform_output(const V (&m)[positions], V (&to)[output]) {
        to[0] = m[0] + m[1];
    }
};

}  // namespace
}  // namespace msunet::model::kernels

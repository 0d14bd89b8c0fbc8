// SPDX-License-Identifier: Apache-2.0
/// \file
/// The kernels on weights: conversions of kernels of up-sampling and of gradients, and the update
/// by Adam. Part of kernels.cuh.

/// A square of channels that is read along one side and written along the other.
using Tile = Wide[tile_side][tile_side + 1];

/// For each element of the block's tile, whose corner is (row0, column0), calls read(row, column)
/// and then write(row, column, value) with the value that it returned. Adjacent threads read
/// adjacent columns and write adjacent rows.
template <class Read, class Write>
__device__ inline void transpose(int row0, int column0, const Read& read, const Write& write) {
    __shared__ Tile tile;
    const int inner = static_cast<int>(threadIdx.x) % tile_side;
    for (int outer = static_cast<int>(threadIdx.x) / tile_side; outer < tile_side;
         outer += block_size / tile_side) {
        tile[outer][inner] = read(row0 + outer, column0 + inner);
    }
    __syncthreads();
    for (int outer = static_cast<int>(threadIdx.x) / tile_side; outer < tile_side;
         outer += block_size / tile_side) {
        write(row0 + inner, column0 + outer, tile[inner][outer]);
    }
    __syncthreads();
}

/// Row k of the 3-tap kernel is the sum of rows [first, last] of the 2-tap one: w1, w0 + w1, w0.
__device__ inline int first_tap(int k) { return k == 0 ? 1 : 0; }
__device__ inline int last_tap(int k) { return k == 2 ? 0 : 1; }

/// Index of an element in the 2×2 kernel (out, 2, 2, in).
template <class Parameters>
__device__ inline long long place_in_2x2(const Parameters& p, int out, int v, int u, int in) {
    return (static_cast<long long>(out) * 4 + v * 2 + u) * p.in + in;
}

/// The same in the 3×3 kernel (in, 3, 3, out).
template <class Parameters>
__device__ inline long long place_in_3x3(const Parameters& p, int in, int y, int x, int out) {
    return (static_cast<long long>(in) * 9 + y * 3 + x) * p.out + out;
}

KERNEL(4) widen_kernel(WidenKernel p) {
    const auto* from = static_cast<const Wide*>(p.kernel);
    auto* to = static_cast<Element*>(p.widened);
    const int out0 = static_cast<int>(blockIdx.x) * tile_side,
              in0 = static_cast<int>(blockIdx.y) * tile_side;
    for (int y = 0; y < 3; ++y) {
        for (int x = 0; x < 3; ++x) {
            transpose(
                out0, in0,
                [&](int out, int in) {
                    Wide sum = 0;
                    for (int v = first_tap(y); v <= last_tap(y); ++v) {
                        for (int u = first_tap(x); u <= last_tap(x); ++u) {
                            sum += from[place_in_2x2(p, out, v, u, in)];
                        }
                    }
                    return sum;
                },
                [&](int out, int in, Wide value) {
                    narrow(value, to[place_in_3x3(p, in, y, x, out)]);
                });
        }
    }
}

KERNEL(4) narrow_kernel(NarrowKernel p) {
    const auto* from = static_cast<const Element*>(p.widened);
    auto* to = static_cast<Wide*>(p.kernel);
    const int out0 = static_cast<int>(blockIdx.x) * tile_side,
              in0 = static_cast<int>(blockIdx.y) * tile_side;
    for (int v = 0; v < 2; ++v) {
        for (int u = 0; u < 2; ++u) {
            // The rows of the 3×3 kernel that contain row v: 1 and 2 for v = 0, 0 and 1 for v = 1.
            transpose(
                in0, out0,
                [&](int in, int out) {
                    Wide sum = 0;
                    for (int y = 1 - v; y <= 2 - v; ++y) {
                        for (int x = 1 - u; x <= 2 - u; ++x) {
                            sum += widen(from[place_in_3x3(p, in, y, x, out)]);
                        }
                    }
                    return sum;
                },
                [&](int in, int out, Wide value) { to[place_in_2x2(p, out, v, u, in)] = value; });
        }
    }
}

KERNEL(4) take_gradients(TakeGradients p) {
    const TakeGradients::Gradient& gradient = p.gradients[blockIdx.y];
    for (long long i = thread_number(); i < gradient.count / width; i += thread_count()) {
        const Pack from = load(gradient.from, i * width);
        for (int half = 0; half < width; half += wide_width) {
            WidePack to;
            for (int k = 0; k < wide_width; ++k) to.at[k] = widen(from.at[half + k]);
            store_wide(gradient.to, i * width + half, to);
        }
    }
}

/// The update of one value.
struct AdamRule {
    Wide step_size, rate, m_share, v_share, epsilon, decay;

    __device__ explicit AdamRule(const Adam& p)
        : step_size(wide(p.factors, 0)),
          rate(wide(p.factors, 1)),
          m_share(static_cast<Wide>(1 - p.beta_1)),
          v_share(static_cast<Wide>(1 - p.beta_2)),
          epsilon(static_cast<Wide>(p.epsilon)),
          decay(static_cast<Wide>(p.decay)) {}

    __device__ void operator()(Wide g, Wide& w, Wide& m, Wide& v) const {
        if (decay != 0) w -= w * decay * rate;
        m += (g - m) * m_share;
        v += (g * g - v) * v_share;
        w -= step_size * m / (square_root(v) + epsilon);
    }
};

/// Adjacent values in the element type, as many as a WidePack has.
struct alignas(wide_width * sizeof(Element)) Copies {
    Element at[wide_width];
};

KERNEL(2) adam(Adam p) {
    const AdamRule update(p);
    auto* const copies = static_cast<Element*>(p.copies);
    const long long packs = p.count / wide_width;
    for (long long i = thread_number(); i < packs; i += thread_count()) {
        const long long at = i * wide_width;
        const WidePack g = load_wide(p.gradients, at);
        WidePack w = load_wide(p.values, at), m = load_wide(p.m, at), v = load_wide(p.v, at);
        Copies narrowed;
        for (int k = 0; k < wide_width; ++k) {
            update(g.at[k], w.at[k], m.at[k], v.at[k]);
            narrow(w.at[k], narrowed.at[k]);
        }
        store_wide(p.values, at, w);
        store_wide(p.m, at, m);
        store_wide(p.v, at, v);
        if (copies != nullptr) *reinterpret_cast<Copies*>(copies + at) = narrowed;
    }
    // What is left does not fill a pack.
    const long long last = packs * wide_width + thread_number();
    if (last >= p.count) return;
    Wide& w = static_cast<Wide*>(p.values)[last];
    update(wide(p.gradients, last), w, static_cast<Wide*>(p.m)[last],
           static_cast<Wide*>(p.v)[last]);
    if (copies != nullptr) narrow(w, copies[last]);
}

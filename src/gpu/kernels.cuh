// SPDX-License-Identifier: Apache-2.0
/// \file
/// The kernels of the GPU plug-in: fused operations, dropout masks, the cutting of batches; and in
/// files of their own those of the first convolution, of head and loss, and on weights.
/// NVRTC compiles this file at run time, once for each element type, which the macro ELEMENT names
/// (float, double or Bf16). A test includes it for the host, once for each element type, and
/// compares it with the CPU's kernels; there the threads of a block take turns. Therefore it uses
/// no library, and of CUDA only what the test's launcher defines.
///
/// In kernels on activations a block works on a slab of adjacent channels. A thread processes
/// `width` of them, 16 bytes, of several pixels at a time, then proceeds to others. Pixels are
/// numbered in 32 bits, addresses in 64.
///
/// Where channels are summed, threads add in the type of arithmetic, the threads of a block add up
/// theirs, and the last block to end adds up those of all blocks, in double and in the order of the
/// blocks. It goes on with what follows from the sums.

#include "gpu/kernel_parameters.hpp"
#include "msunet/core/philox.hpp"

// Below the others, whose declarations it uses.
#include "gpu/kernel_parts.cuh"

KERNEL(4) cut_batch(CutBatch p) {
    const long long area = p.height * p.width;
    for (long long i = thread_number(); i < p.count * area; i += thread_count()) {
        const long long sample = i / area, row = i % area / p.width, column = i % p.width;
        const Window& window = p.windows[p.samples[sample]];
        const bool inside = row < window.height && column < window.width;
        const unsigned long long from = window.offset + row * window.stride + column;
        p.x[i] = inside ? p.voxels[from] : 0.0F;
        p.y[i] = inside ? static_cast<float>(p.masks[from]) : 0.0F;
        if (row == 0 && column == 0) p.weights[sample] = window.weight;
    }
}

KERNEL(4) dropout_mask(DropoutMask p) {
    const long long quads = p.words / 4;
    int lowest = 0;
    while (((p.rate >> lowest) & 1U) == 0) ++lowest;
    for (long long i = thread_number(); i < p.samples * quads; i += thread_count()) {
        unsigned dropped[4] = {0, 0, 0, 0};
        for (int plane = lowest; plane < 24; ++plane) {
            unsigned random[4] = {static_cast<unsigned>(i % quads),
                                  p.layer + 256U * static_cast<unsigned>(plane),
                                  p.first_sample + static_cast<unsigned>(i / quads), *p.step};
            msunet::core::philox4x32(random, p.key);
            const bool join = ((p.rate >> plane) & 1U) != 0;
            for (int k = 0; k < 4; ++k) {
                dropped[k] = join ? dropped[k] | random[k] : dropped[k] & random[k];
            }
        }
        for (int k = 0; k < 4; ++k) p.bits[4 * i + k] = ~dropped[k];
    }
}

/// Of one channel, from its sums.
__device__ inline void prepare(const PrepareNorm& p, int c, double sum, double square) {
    Wide& moving_mean = static_cast<Wide*>(p.moving_mean)[c];
    Wide& moving_variance = static_cast<Wide*>(p.moving_variance)[c];
    double mean = moving_mean, variance = moving_variance;
    if (p.count > 0) {
        const double n = static_cast<double>(p.count);
        mean = sum / n;
        variance = square / n - mean * mean;
        // Rounding can make it negative for a constant channel. NaN must stay NaN.
        if (variance < 0) variance = 0;
        const double unbiased = p.count > 1 ? variance * n / (n - 1) : variance;
        moving_mean = static_cast<Wide>(moving_mean * p.momentum + mean * (1 - p.momentum));
        moving_variance =
            static_cast<Wide>(moving_variance * p.momentum + unbiased * (1 - p.momentum));
    }
    const double inverse = 1 / sqrt(variance + p.epsilon);
    const double scale = wide(p.gamma, c) * inverse;
    p.mean[c] = mean;
    p.inverse[c] = inverse;
    static_cast<Wide*>(p.scale)[c] = static_cast<Wide>(scale);
    static_cast<Wide*>(p.shift)[c] = static_cast<Wide>(wide(p.beta, c) - mean * scale);
}

KERNEL(4) prepare_norm(PrepareNorm p) {
    const int c = static_cast<int>(thread_number());
    if (c < p.channels) prepare(p, c, p.sums[c], p.sums[p.channels + c]);
}

KERNEL(4) relu_sums(ReluSums p) {
    const int channels = p.norm.channels;
    const Share share(channels);
    const Coefficients bias(p.bias, share.channel);
    Wide sums[2][width] = {};
    for_pixels<4, Pack>(
        share, p.pixels,
        [&](int pixel, Pack& z) { z = load(p.z, place(pixel, channels, share.channel)); },
        [&](int, const Pack& z) {
            for (int k = 0; k < width; ++k) {
                const Wide a = relu(widen(z.at[k]) + bias.at[k]);
                sums[0][k] += a;
                sums[1][k] += a * a;
            }
        });
    sum_by_channel(p.scratch, share, sums, [&](int c, const double(&totals)[2]) {
        p.norm.sums[c] = totals[0];
        p.norm.sums[channels + c] = totals[1];
        if (p.prepares) prepare(p.norm, c, totals[0], totals[1]);
    });
}

/// BatchNorm of a thread's channels.
struct Affine {
    Coefficients bias, scale, shift;
    __device__ Affine(const NormForward& p, int channel)
        : bias(p.bias, channel), scale(p.scale, channel), shift(p.shift, channel) {}
    /// Rounded as it is stored.
    __device__ Pack operator()(Pack z) const {
        for (int k = 0; k < width; ++k) {
            narrow(relu(widen(z.at[k]) + bias.at[k]) * scale.at[k] + shift.at[k], z.at[k]);
        }
        return z;
    }
};

/// Applies dropout to a pixel's channels and stores them.
__device__ inline void put(const NormForward& p, int pixel, int channel, Pack y) {
    const long long to = place(pixel, p.stride, p.offset + channel);
    if (p.bits != nullptr) {
        const unsigned keep = kept(p.bits, to);
        for (int k = 0; k < width; ++k) {
            const bool stays = ((keep >> k) & 1U) != 0;
            narrow(stays ? widen(y.at[k]) * static_cast<Wide>(p.keep_scale) : Wide(0), y.at[k]);
        }
    }
    store(p.out, to, y);
}

KERNEL(4) norm_forward(NormForward p) {
    const Share share(p.channels);
    const Affine normalised(p, share.channel);
    for_pixels<4, Pack>(
        share, p.pixels,
        [&](int pixel, Pack& z) { z = load(p.z, place(pixel, p.channels, share.channel)); },
        [&](int pixel, const Pack& z) { put(p, pixel, share.channel, normalised(z)); });
}

KERNEL(2) norm_pool_forward(NormPoolForward p) {
    const Share share(p.norm.channels);
    const Affine normalised(p.norm, share.channel);
    const int half = p.width / 2;
    for (int q = share.first; q < p.norm.pixels / 4; q += share.step) {
        // Heights are even, so each pair of rows belongs to one image.
        const int corner = q / half * 2 * p.width + q % half * 2;
        const int pixels[4] = {corner, corner + 1, corner + p.width, corner + p.width + 1};
        Pack z[4];
        UNROLLED for (int i = 0; i < 4; ++i) {
            z[i] = load(p.norm.z, place(pixels[i], p.norm.channels, share.channel));
        }
        Pack best;
        Indices index{};
        UNROLLED for (int i = 0; i < 4; ++i) {
            const Pack y = normalised(z[i]);
            if (p.norm.out != nullptr) put(p.norm, pixels[i], share.channel, y);
            if (i == 0) best = y;
            for (int k = 0; k < width; ++k) {
                const Wide now = widen(y.at[k]);
                if (now > widen(best.at[k]) || now != now) {
                    best.at[k] = y.at[k];
                    index.at[k] = static_cast<unsigned char>(i);
                }
            }
        }
        const long long at = place(q, p.norm.channels, share.channel);
        store(p.pooled, at, best);
        if (p.pool_index != nullptr) *reinterpret_cast<Indices*>(p.pool_index + at) = index;
    }
}

/// The stored gradient of a pixel's channels.
struct StoredGradient {
    Pack direct, pooled;
    Indices index;
    unsigned keep;

    __device__ void read(const GradientParts& s, int pixel, int channel, int channels) {
        if (s.gradient != nullptr) {
            const long long at = place(pixel, s.stride, s.offset + channel);
            direct = load(s.gradient, at);
            keep = kept(s.bits, at);
        }
        if (s.pooled != nullptr) {
            const int row = pixel / s.width, column = pixel % s.width;
            const long long at = place(row / 2 * (s.width / 2) + column / 2, channels, channel);
            pooled = load(s.pooled, at);
            index = *reinterpret_cast<const Indices*>(s.pool_index + at);
        }
    }

    /// Channel k of it.
    __device__ Wide at(const GradientParts& s, int pixel, int k) const {
        Wide dy = 0;
        if (s.gradient != nullptr && ((keep >> k) & 1U) != 0) {
            dy = widen(direct.at[k]) * static_cast<Wide>(s.keep_scale);
        }
        if (s.pooled != nullptr) {
            const int quarter = pixel / s.width % 2 * 2 + pixel % s.width % 2;
            if (index.at[k] == quarter) dy += widen(pooled.at[k]);
        }
        return dy;
    }
};

/// Of one channel, from its sums.
__device__ inline void prepare(const PrepareNormBackward& p, int c, double sum, double product) {
    double constant = 0, slope = 0;
    if (p.count > 0) {
        const double scale = wide(p.gamma, c) * p.inverse[c] / static_cast<double>(p.count);
        slope = scale * p.inverse[c] * product;
        constant = scale * sum - slope * p.mean[c];
    }
    static_cast<Wide*>(p.correction)[c] = static_cast<Wide>(constant);
    static_cast<Wide*>(p.correction)[p.channels + c] = static_cast<Wide>(slope);
}

KERNEL(4) prepare_norm_backward(PrepareNormBackward p) {
    const int c = static_cast<int>(thread_number());
    if (c < p.channels) prepare(p, c, p.sums[c], p.sums[p.channels + c]);
}

/// What norm_backward_sums reads of a pixel.
struct BackwardItem {
    Pack z;
    StoredGradient gradient;
};

KERNEL(2) norm_backward_sums(NormBackwardSums p) {
    const int channels = p.norm.channels;
    const Share share(channels);
    const Coefficients bias(p.bias, share.channel);
    Wide mean[width], inverse[width], sums[2][width] = {};
    for (int k = 0; k < width; ++k) {
        mean[k] = static_cast<Wide>(p.norm.mean[share.channel + k]);
        inverse[k] = static_cast<Wide>(p.norm.inverse[share.channel + k]);
    }
    for_pixels<2, BackwardItem>(
        share, p.pixels,
        [&](int pixel, BackwardItem& item) {
            item.z = load(p.z, place(pixel, channels, share.channel));
            item.gradient.read(p.source, pixel, share.channel, channels);
        },
        [&](int pixel, const BackwardItem& item) {
            for (int k = 0; k < width; ++k) {
                const Wide dy = item.gradient.at(p.source, pixel, k);
                const Wide a = relu(widen(item.z.at[k]) + bias.at[k]);
                sums[0][k] += dy;
                sums[1][k] += dy * ((a - mean[k]) * inverse[k]);
            }
        });
    sum_by_channel(p.scratch, share, sums, [&](int c, const double(&totals)[2]) {
        p.norm.sums[c] = totals[0];
        p.norm.sums[channels + c] = totals[1];
        if (p.gamma_gradient != nullptr) {
            static_cast<Wide*>(p.beta_gradient)[c] = static_cast<Wide>(totals[0]);
            static_cast<Wide*>(p.gamma_gradient)[c] = static_cast<Wide>(totals[1]);
        }
        if (p.prepares) prepare(p.norm, c, totals[0], totals[1]);
    });
}

KERNEL(2) norm_backward(NormBackward p) {
    const Share share(p.channels);
    const Coefficients bias(p.bias, share.channel), scale(p.scale, share.channel),
        constant(p.correction, share.channel), slope(p.correction, p.channels + share.channel);
    Wide sums[1][width] = {};
    for (int pixel = share.first; pixel < p.pixels; pixel += share.step) {
        const long long at = place(pixel, p.channels, share.channel);
        Pack z = load(p.z, at);
        StoredGradient gradient;
        gradient.read(p.source, pixel, share.channel, p.channels);
        for (int k = 0; k < width; ++k) {
            const Wide a = widen(z.at[k]) + bias.at[k];
            const Wide dy = gradient.at(p.source, pixel, k);
            const Wide dz = a > 0 ? scale.at[k] * dy - constant.at[k] - slope.at[k] * a : Wide(0);
            sums[0][k] += dz;
            narrow(dz, z.at[k]);
        }
        store(p.z, at, z);
    }
    if (p.bias_gradient == nullptr) return;
    sum_by_channel(p.scratch, share, sums, [&](int c, const double(&totals)[1]) {
        static_cast<Wide*>(p.bias_gradient)[c] = static_cast<Wide>(totals[0]);
    });
}

#include "gpu/head_kernels.cuh"
#include "gpu/thin_kernels.cuh"
#include "gpu/weight_kernels.cuh"

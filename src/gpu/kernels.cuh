// SPDX-License-Identifier: Apache-2.0
/// \file
/// The kernels of the GPU plug-in: fused operations, dropout masks and the cutting of batches. NVRTC
/// compiles this file at run time, once for each element type, which the macro ELEMENT names (float,
/// double or Bf16). A test includes it for the host, once for each element type, and compares it with
/// the CPU's kernels. Therefore it uses no library and no shared memory, and threads don't wait for
/// each other.
///
/// A thread processes four adjacent channels of a pixel, then proceeds to another pixel. Where
/// channels are summed, the threads that process the same pixels form a group and store one sum for
/// each channel; the sums of all groups are added afterwards in a fixed order, so that every run
/// gives the same result.

#include "gpu/kernel_parameters.hpp"
#include "msunet/core/philox.hpp"

using namespace msunet::gpu;

#ifdef __CUDACC__
#define KERNEL extern "C" __global__ void
#endif

/// bfloat16: the upper half of a float32.
struct Bf16 {
    unsigned short bits;
};

using Element = ELEMENT;

template <class T>
struct WideOf {
    using type = float;
};
template <>
struct WideOf<double> {
    using type = double;
};
using Wide = WideOf<Element>::type;

__device__ inline float widen(float x) { return x; }
__device__ inline double widen(double x) { return x; }
__device__ inline float widen(Bf16 x) {
    return __uint_as_float(static_cast<unsigned>(x.bits) << 16U);
}

__device__ inline void narrow(float x, float& to) { to = x; }
__device__ inline void narrow(double x, double& to) { to = x; }
/// Rounds to the nearest, ties to even.
__device__ inline void narrow(float x, Bf16& to) {
    const unsigned bits = __float_as_uint(x);
    const unsigned rounded = (bits + 0x7FFFU + ((bits >> 16U) & 1U)) >> 16U;
    to.bits = static_cast<unsigned short>(x == x ? rounded : 0x7FC0U);
}

/// Four channels, read and written in one access.
struct alignas(4 * sizeof(Element)) Four {
    Element at[4];
};

__device__ inline Four load(const void* from, long long at) {
    return *reinterpret_cast<const Four*>(static_cast<const Element*>(from) + at);
}

__device__ inline void store(void* to, long long at, const Four& values) {
    *reinterpret_cast<Four*>(static_cast<Element*>(to) + at) = values;
}

__device__ inline Wide wide(const void* from, long long at) {
    return static_cast<const Wide*>(from)[at];
}

/// Four bits from bit `at` on, a multiple of 4: which elements dropout keeps.
__device__ inline unsigned kept(const unsigned* bits, long long at) {
    return bits == nullptr ? 15U : (bits[at >> 5] >> (at & 31)) & 15U;
}

__device__ inline long long thread_number() {
    return static_cast<long long>(blockIdx.x) * blockDim.x + threadIdx.x;
}

__device__ inline long long thread_count() {
    return static_cast<long long>(gridDim.x) * blockDim.x;
}

/// The channels [channel, channel + 4) of a thread and its group.
struct Share {
    int channel;
    long long group;
    __device__ explicit Share(int channels)
        : channel(static_cast<int>(thread_number() % (channels / 4)) * 4),
          group(thread_number() / (channels / 4)) {}
};

__device__ inline Wide relu(Wide x) { return x < 0 ? Wide(0) : x; }

/// Stores sum `number` of `sums` for this thread's channels.
__device__ inline void store_sum(double* partial, const Share& share, int number, int sums,
                             int channels, const double (&values)[4]) {
    double* to = partial + (share.group * sums + number) * channels + share.channel;
    for (int k = 0; k < 4; ++k) to[k] = values[k];
}

KERNEL cut_batch(CutBatch p) {
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

KERNEL dropout_mask(DropoutMask p) {
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

KERNEL relu_sums(ReluSums p) {
    const Share share(p.channels);
    if (share.group >= p.groups) return;
    double sum[4] = {}, square[4] = {};
    for (long long pixel = share.group; pixel < p.pixels; pixel += p.groups) {
        const Four z = load(p.z, pixel * p.channels + share.channel);
        for (int k = 0; k < 4; ++k) {
            const double a = relu(widen(z.at[k]));
            sum[k] += a;
            square[k] += a * a;
        }
    }
    store_sum(p.partial, share, 0, 2, p.channels, sum);
    store_sum(p.partial, share, 1, 2, p.channels, square);
}

KERNEL prepare_norm(PrepareNorm p) {
    const long long c = thread_number();
    if (c >= p.channels) return;
    Wide& moving_mean = static_cast<Wide*>(p.moving_mean)[c];
    Wide& moving_variance = static_cast<Wide*>(p.moving_variance)[c];
    double mean = moving_mean, variance = moving_variance;
    if (p.count > 0) {
        const double n = static_cast<double>(p.count);
        mean = p.sums[c] / n;
        variance = p.sums[p.channels + c] / n - mean * mean;
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

/// Four channels of a pixel after BatchNorm, rounded as they are stored.
__device__ inline Four normalised(const NormForward& p, long long pixel, int channel) {
    Four y = load(p.z, pixel * p.channels + channel);
    for (int k = 0; k < 4; ++k) {
        narrow(relu(widen(y.at[k])) * wide(p.scale, channel + k) + wide(p.shift, channel + k),
               y.at[k]);
    }
    return y;
}

/// Applies dropout to four channels of a pixel and stores them.
__device__ inline void put(const NormForward& p, long long pixel, int channel,
                           const Four& values) {
    Four y = values;
    const long long to = pixel * p.stride + p.offset + channel;
    if (p.bits != nullptr) {
        const unsigned keep = kept(p.bits, to);
        for (int k = 0; k < 4; ++k) {
            const bool stays = ((keep >> k) & 1U) != 0;
            narrow(stays ? widen(y.at[k]) * static_cast<Wide>(p.keep_scale) : Wide(0), y.at[k]);
        }
    }
    store(p.out, to, y);
}

KERNEL norm_forward(NormForward p) {
    const long long quads = p.channels / 4;
    for (long long i = thread_number(); i < p.pixels * quads; i += thread_count()) {
        const long long pixel = i / quads;
        const int channel = static_cast<int>(i % quads) * 4;
        put(p, pixel, channel, normalised(p, pixel, channel));
    }
}

KERNEL norm_pool_forward(NormPoolForward p) {
    const long long quads = p.norm.channels / 4, half = p.width / 2;
    for (long long i = thread_number(); i < p.norm.pixels / 4 * quads; i += thread_count()) {
        const long long q = i / quads;
        const int channel = static_cast<int>(i % quads) * 4;
        // Heights are even, so each pair of rows belongs to one image.
        const long long corner = q / half * 2 * p.width + q % half * 2;
        Four best;
        unsigned char index[4] = {0, 0, 0, 0};
        for (int quarter = 0; quarter < 4; ++quarter) {
            const long long pixel = corner + quarter / 2 * p.width + quarter % 2;
            const Four y = normalised(p.norm, pixel, channel);
            if (p.norm.out != nullptr) put(p.norm, pixel, channel, y);
            if (quarter == 0) best = y;
            for (int k = 0; k < 4; ++k) {
                const Wide now = widen(y.at[k]);
                if (now > widen(best.at[k]) || now != now) {
                    best.at[k] = y.at[k];
                    index[k] = static_cast<unsigned char>(quarter);
                }
            }
        }
        store(p.pooled, q * p.norm.channels + channel, best);
        if (p.pool_index == nullptr) continue;
        for (int k = 0; k < 4; ++k) {
            p.pool_index[q * p.norm.channels + channel + k] = index[k];
        }
    }
}

/// The gradient of four channels of a pixel.
__device__ inline void gradient_of(const GradientParts& s, long long pixel, int channel,
                                   int channels, Wide (&dy)[4]) {
    for (int k = 0; k < 4; ++k) dy[k] = 0;
    if (s.gradient != nullptr) {
        const long long at = pixel * s.stride + s.offset + channel;
        const Four gradient = load(s.gradient, at);
        const unsigned keep = kept(s.bits, at);
        for (int k = 0; k < 4; ++k) {
            if (((keep >> k) & 1U) != 0) {
                dy[k] = widen(gradient.at[k]) * static_cast<Wide>(s.keep_scale);
            }
        }
    }
    if (s.pooled != nullptr) {
        const long long column = pixel % s.width, row = pixel / s.width;
        const long long at = (row / 2 * (s.width / 2) + column / 2) * channels + channel;
        const long long quarter = row % 2 * 2 + column % 2;
        const Four gradient = load(s.pooled, at);
        for (int k = 0; k < 4; ++k) {
            if (s.pool_index[at + k] == quarter) dy[k] += widen(gradient.at[k]);
        }
    }
}

KERNEL norm_backward_sums(NormBackwardSums p) {
    const Share share(p.channels);
    if (share.group >= p.groups) return;
    double sum[4] = {}, product[4] = {};
    for (long long pixel = share.group; pixel < p.pixels; pixel += p.groups) {
        Wide dy[4];
        gradient_of(p.source, pixel, share.channel, p.channels, dy);
        const Four z = load(p.z, pixel * p.channels + share.channel);
        for (int k = 0; k < 4; ++k) {
            const int c = share.channel + k;
            const double a = relu(widen(z.at[k]));
            sum[k] += dy[k];
            product[k] += dy[k] * ((a - p.mean[c]) * p.inverse[c]);
        }
    }
    store_sum(p.partial, share, 0, 2, p.channels, sum);
    store_sum(p.partial, share, 1, 2, p.channels, product);
}

KERNEL prepare_norm_backward(PrepareNormBackward p) {
    const long long c = thread_number();
    if (c >= p.channels) return;
    double constant = 0, slope = 0;
    if (p.count > 0) {
        const double scale = wide(p.gamma, c) * p.inverse[c] / static_cast<double>(p.count);
        slope = scale * p.inverse[c] * p.sums[p.channels + c];
        constant = scale * p.sums[c] - slope * p.mean[c];
    }
    static_cast<Wide*>(p.correction)[c] = static_cast<Wide>(constant);
    static_cast<Wide*>(p.correction)[p.channels + c] = static_cast<Wide>(slope);
}

KERNEL norm_backward(NormBackward p) {
    const Share share(p.channels);
    if (share.group >= p.groups) return;
    double sum[4] = {};
    for (long long pixel = share.group; pixel < p.pixels; pixel += p.groups) {
        Wide dy[4];
        gradient_of(p.source, pixel, share.channel, p.channels, dy);
        const long long at = pixel * p.channels + share.channel;
        Four z = load(p.z, at);
        for (int k = 0; k < 4; ++k) {
            const int c = share.channel + k;
            const Wide a = widen(z.at[k]);
            const Wide dz = a > 0 ? wide(p.scale, c) * dy[k] - wide(p.correction, c) -
                                        wide(p.correction, p.channels + c) * a
                                  : Wide(0);
            sum[k] += dz;
            narrow(dz, z.at[k]);
        }
        store(p.z, at, z);
    }
    store_sum(p.partial, share, 0, 1, p.channels, sum);
}

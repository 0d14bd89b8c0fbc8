// SPDX-License-Identifier: Apache-2.0
/// \file
/// The kernels of the network's first convolution, which reads one channel, and of the last one,
/// which writes two. Part of kernels.cuh.

/// Whether the pixel at a tap from (row, column) is in the image.
__device__ inline bool is_inside(int tap, int row, int column, const Images& images) {
    const int y = row + tap / 3 - 1, x = column + tap % 3 - 1;
    return y >= 0 && y < images.height && x >= 0 && x < images.width;
}

/// How far that pixel is.
__device__ inline int distance(int tap, int columns) {
    return (tap / 3 - 1) * columns + tap % 3 - 1;
}

/// The values of a channel around a pixel, row by row; 0 outside the image.
struct Around {
    Wide at[taps];
    __device__ Around(const void* from, int channels, int channel, int pixel,
                      const Images& images) {
        const int row = pixel / images.width % images.height, column = pixel % images.width;
        const auto* const elements = static_cast<const Element*>(from);
        for (int tap = 0; tap < taps; ++tap) {
            at[tap] = Wide(0);
            if (is_inside(tap, row, column, images)) {
                const int there = pixel + distance(tap, images.width);
                at[tap] = widen(elements[place(there, channels, channel)]);
            }
        }
    }
};

KERNEL(2) first_convolution(FirstConvolution p) {
    // In registers they would be too many, and are read again for each pixel.
    __shared__ Wide weights[taps][largest_slab];
    const Share share(p.channels);
    for (int i = static_cast<int>(threadIdx.x); i < taps * share.slab; i += block_size) {
        const int channel = static_cast<int>(blockIdx.y) * share.slab + i / taps;
        weights[i % taps][i / taps] = wide(p.weights, channel * taps + i % taps);
    }
    __syncthreads();
    const int first = share.channel % share.slab;
    const Coefficients bias(p.bias, share.channel);
    Wide sums[2][width] = {};
    for (int pixel = share.first; pixel < p.images.pixels; pixel += share.step) {
        const Around around(p.x, 1, 0, pixel, p.images);
        FORGET_READS;
        Wide results[width];
        for (int k = 0; k < width; ++k) results[k] = p.adds_bias ? bias.at[k] : Wide(0);
        for (int tap = 0; tap < taps; ++tap) {
            for (int k = 0; k < width; ++k) {
                results[k] += weights[tap][first + k] * around.at[tap];
            }
        }
        Pack z;
        for (int k = 0; k < width; ++k) {
            narrow(results[k], z.at[k]);
            const Wide a = relu(widen(z.at[k]) + (p.adds_bias ? Wide(0) : bias.at[k]));
            sums[0][k] += a;
            sums[1][k] += a * a;
        }
        store(p.z, place(pixel, p.channels, share.channel), z);
    }
    sum_by_channel(p.scratch, share, sums, [&](int c, const double(&totals)[2]) {
        p.sums[c] = totals[0];
        p.sums[p.channels + c] = totals[1];
    });
}

/// The weights of the last convolution in shared memory; in registers they would be too many.
using LastWeights = Wide[head_channels][taps][smallest_slab];

__device__ inline void read_weights(LastWeights& to, const void* from) {
    constexpr int of_channel = taps * smallest_slab;
    for (int i = static_cast<int>(threadIdx.x); i < head_channels * of_channel; i += block_size) {
        to[i / of_channel][i / smallest_slab % taps][i % smallest_slab] = wide(from, i);
    }
    __syncthreads();
}

KERNEL(2) last_convolution(LastConvolution p) {
    __shared__ LastWeights weights;
    __shared__ Wide parts[head_channels][block_size];
    read_weights(weights, p.weights);
    const Share share(smallest_slab);
    const Images images = p.images;
    const int thread = static_cast<int>(threadIdx.x), rows = block_size / share.lanes;
    // The threads of a block go on together, as they wait for each other.
    for (int first = static_cast<int>(blockIdx.x) * rows; first < images.pixels;
         first += share.step) {
        FORGET_READS;
        const int pixel = first + thread / share.lanes;
        const int row = pixel / images.width % images.height, column = pixel % images.width;
        Wide sums[head_channels] = {};
        UNROLLED for (int tap = 0; tap < taps; ++tap) {
            if (pixel >= images.pixels || !is_inside(tap, row, column, images)) continue;
            const int there = pixel + distance(tap, images.width);
            const Pack x = load(p.x, place(there, smallest_slab, share.channel));
            for (int o = 0; o < head_channels; ++o) {
                for (int k = 0; k < width; ++k) {
                    sums[o] += weights[o][tap][share.channel + k] * widen(x.at[k]);
                }
            }
        }
        for (int o = 0; o < head_channels; ++o) parts[o][thread] = sums[o];
        __syncthreads();
        // A thread for each number of the output.
        const int of_row = thread / head_channels, o = thread % head_channels;
        if (of_row < rows && first + of_row < images.pixels) {
            Wide sum = wide(p.bias, o);
            for (int lane = 0; lane < share.lanes; ++lane) {
                sum += parts[o][of_row * share.lanes + lane];
            }
            narrow(sum, static_cast<Element*>(p.z)[place(first + of_row, head_channels, o)]);
        }
        __syncthreads();
    }
}

KERNEL(2) last_input(LastInput p) {
    __shared__ LastWeights weights;
    read_weights(weights, p.weights);
    const Share share(smallest_slab);
    for (int pixel = share.first; pixel < p.images.pixels; pixel += share.step) {
        FORGET_READS;
        Wide results[width] = {};
        for (int o = 0; o < head_channels; ++o) {
            // Tap t takes this pixel to the one of the output that lies as far on the other side.
            const Around around(p.gradient, head_channels, o, pixel, p.images);
            for (int tap = 0; tap < taps; ++tap) {
                for (int k = 0; k < width; ++k) {
                    results[k] += weights[o][tap][share.channel + k] * around.at[taps - 1 - tap];
                }
            }
        }
        Pack x;
        for (int k = 0; k < width; ++k) narrow(results[k], x.at[k]);
        store(p.x, place(pixel, smallest_slab, share.channel), x);
    }
}

KERNEL(2) thin_weights(ThinWeights p) {
    const Share share(smallest_slab);
    // Rows of blocks have the same channels.
    const int channel = share.channel % smallest_slab;
    Wide sums[taps][width] = {};
    for (int pixel = share.first; pixel < p.images.pixels; pixel += share.step) {
        const Pack many = load(p.many, place(pixel, smallest_slab, channel));
        const Around around(p.thin, p.thin_channels, static_cast<int>(blockIdx.y), pixel, p.images);
        for (int tap = 0; tap < taps; ++tap) {
            for (int k = 0; k < width; ++k) sums[tap][k] += around.at[tap] * widen(many.at[k]);
        }
    }
    auto* const gradient = static_cast<Wide*>(p.gradient);
    sum_by_channel(p.scratch, share, sums, [&](int number, const double(&totals)[taps]) {
        const int o = number / smallest_slab, c = number % smallest_slab;
        for (int tap = 0; tap < taps; ++tap) {
            if (p.is_last) {
                gradient[(o * taps + tap) * smallest_slab + c] =
                    static_cast<Wide>(totals[taps - 1 - tap]);
            } else {
                gradient[c * taps + tap] = static_cast<Wide>(totals[tap]);
            }
        }
    });
}

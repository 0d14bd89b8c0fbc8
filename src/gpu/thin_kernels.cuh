// SPDX-License-Identifier: Apache-2.0
/// \file
/// The kernels of the network's first convolution, which reads one channel. Part of kernels.cuh.

/// The values of a one-channel image around a pixel, row by row; 0 outside.
struct Around {
    Wide at[taps];
    __device__ Around(const void* from, int pixel, int rows, int columns) {
        const int row = pixel / columns % rows, column = pixel % columns;
        const Element* const centre = static_cast<const Element*>(from) + pixel;
        for (int tap = 0; tap < taps; ++tap) {
            const int y = tap / 3 - 1, x = tap % 3 - 1;
            const bool inside =
                row + y >= 0 && row + y < rows && column + x >= 0 && column + x < columns;
            at[tap] = inside ? widen(centre[y * columns + x]) : Wide(0);
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
    for (int pixel = share.first; pixel < p.pixels; pixel += share.step) {
        const Around around(p.x, pixel, p.height, p.width);
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

KERNEL(2) thin_weights(ThinWeights p) {
    const Share share(smallest_slab);
    Wide sums[taps][width] = {};
    for (int pixel = share.first; pixel < p.pixels; pixel += share.step) {
        const Pack many = load(p.many, place(pixel, smallest_slab, share.channel));
        const Around around(p.thin, pixel, p.height, p.width);
        for (int tap = 0; tap < taps; ++tap) {
            for (int k = 0; k < width; ++k) sums[tap][k] += around.at[tap] * widen(many.at[k]);
        }
    }
    sum_by_channel(p.scratch, share, sums, [&](int c, const double(&totals)[taps]) {
        for (int tap = 0; tap < taps; ++tap) {
            static_cast<Wide*>(p.gradient)[c * taps + tap] = static_cast<Wide>(totals[tap]);
        }
    });
}

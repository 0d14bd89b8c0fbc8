// SPDX-License-Identifier: Apache-2.0
// The gradient of the weights of a 3×3 convolution. Part of avx2.cpp, after body.hpp.
//
// A tile of 4 output channels × 3 columns of the kernel × 8 input channels stays in registers while
// the pixels of a band pass by: 12 multiply-adds for 3 loads and 4 broadcasts a pixel. Bands are
// packed, so that these loads follow one another, and padded with zeros, so that borders are no
// special case.

namespace msunet::model::kernels {
namespace {

constexpr i64 in_block = 8, out_block = 4;
/// Pixels of a band: few enough for the packed channels of a tile to stay in the first cache, many
/// enough to make adding the tile to the gradient cheap.
constexpr i64 band_pixels = 256;

/// Rows `row` to `row + rows` of `images` images from `image` on.
struct Band {
    i64 image, images, row, rows;
};

/// The largest band.
inline Band whole_band(const Convolution3x3& shape) {
    const i64 pixels = shape.height * shape.width;
    if (pixels <= band_pixels) {
        return {.image = 0, .images = band_pixels / pixels, .row = 0, .rows = shape.height};
    }
    const i64 rows = band_pixels / shape.width;
    return {.image = 0, .images = 1, .row = 0, .rows = rows > 0 ? rows : 1};
}

inline i64 packed_input_size(const Band& band, i64 width) {
    return band.images * (band.rows + 2) * (width + 2) * in_block;
}

i64 weights_gradient_scratch(const Convolution3x3& shape) {
    const Band band = whole_band(shape);
    return packed_input_size(band, shape.width) + band.images * band.rows * shape.width * shape.out;
}

inline Floats8 load_block(const float* p) {
    Floats8 v;
    __builtin_memcpy(&v, p, sizeof v);
    return v;
}
inline void store_block(float* p, Floats8 v) { __builtin_memcpy(p, &v, sizeof v); }

/// The input channels from `channel` on: (images, rows + 2, width + 2, 8), zeros around each image.
inline void pack_input(const float* x, const Convolution3x3& shape, const Band& band, i64 channel,
                       float* packed) {
    for (i64 image = band.image; image < band.image + band.images; ++image) {
        for (i64 row = band.row - 1; row <= band.row + band.rows; ++row) {
            const bool inside = row >= 0 && row < shape.height;
            const i64 first = (image * shape.height + row) * shape.width;
            for (i64 column = -1; column <= shape.width; ++column, packed += in_block) {
                store_block(packed, inside && column >= 0 && column < shape.width
                                        ? load_block(x + (first + column) * shape.in + channel)
                                        : Floats8{});
            }
        }
    }
}

/// The gradient of the output: (out / 4, pixels of the band, 4).
inline void pack_output(const float* dz, const Convolution3x3& shape, const Band& band,
                        float* packed) {
    const i64 pixels = band.images * band.rows * shape.width;
    const float* from = dz + (band.image * shape.height + band.row) * shape.width * shape.out;
    for (i64 pixel = 0; pixel < pixels; ++pixel, from += shape.out) {
        for (i64 c = 0; c < shape.out; c += out_block) {
            __builtin_memcpy(packed + c * pixels + pixel * out_block, from + c,
                             out_block * sizeof(float));
        }
    }
}

/// Adds a tile's part of the gradient. x: packed, at the kernel's row; gradient: of the first
/// output channel and column.
inline void add_tile(const float* x, const float* dz, const Convolution3x3& shape, const Band& band,
                     float* gradient) {
    Floats8 sums[out_block][3] = {};
    const i64 line = (shape.width + 2) * in_block;
    for (i64 image = 0; image < band.images; ++image, x += 2 * line) {
        for (i64 row = 0; row < band.rows; ++row, x += line) {
            for (i64 pixel = 0; pixel < shape.width; ++pixel, dz += out_block) {
                Floats8 input[3];
                for (int k = 0; k < 3; ++k) input[k] = load_block(x + (pixel + k) * in_block);
                for (int o = 0; o < out_block; ++o) {
                    // Subtracting 0 leaves every number as it is, and the compiler knows.
                    const Floats8 output = dz[o] - Floats8{};
                    for (int k = 0; k < 3; ++k) sums[o][k] += input[k] * output;
                }
            }
        }
    }
    for (int o = 0; o < out_block; ++o) {
        for (int k = 0; k < 3; ++k) {
            float* to = gradient + o * 9 * shape.in + k * shape.in;
            store_block(to, load_block(to) + sums[o][k]);
        }
    }
}

void add_band(const float* x, const float* dz, const Convolution3x3& shape, const Band& band,
              i64 first_in, i64 last_in, float* gradient, float* scratch) {
    float* output = scratch + packed_input_size(band, shape.width);
    const i64 pixels = band.images * band.rows * shape.width;
    pack_output(dz, shape, band, output);
    for (i64 i = first_in; i < last_in; i += in_block) {
        pack_input(x, shape, band, i, scratch);
        for (i64 o = 0; o < shape.out; o += out_block) {
            for (i64 k = 0; k < 3; ++k) {
                add_tile(scratch + k * (shape.width + 2) * in_block, output + o * pixels, shape,
                         band, gradient + (o * 9 + k * 3) * shape.in + i);
            }
        }
    }
}

void add_weights_gradient(const float* x, const float* dz, const Convolution3x3& shape,
                          i64 first_image, i64 last_image, i64 first_in, i64 last_in,
                          float* gradient, float* scratch) {
    const Band whole = whole_band(shape);
    Band band = whole;
    for (band.image = first_image; band.image < last_image; band.image += whole.images) {
        const i64 images = last_image - band.image;
        band.images = images < whole.images ? images : whole.images;
        for (band.row = 0; band.row < shape.height; band.row += whole.rows) {
            const i64 rows = shape.height - band.row;
            band.rows = rows < whole.rows ? rows : whole.rows;
            add_band(x, dz, shape, band, first_in, last_in, gradient, scratch);
        }
    }
}

constexpr WeightsGradient weights_gradient{in_block, out_block, weights_gradient_scratch,
                                           add_weights_gradient};

}  // namespace
}  // namespace msunet::model::kernels

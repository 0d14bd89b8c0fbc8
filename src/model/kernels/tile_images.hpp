// SPDX-License-Identifier: Apache-2.0
/// \file
/// Images as rows of the matrices that tiles are loaded from.
///
/// The pixels of a chunk of rows get places: one after each row of an image and a row of places
/// after each image are zero. So a pixel's neighbours are at the same distance everywhere, and no
/// border is a special case.
#pragma once

#include "model/kernels/tile_taps.hpp"

namespace msunet::model::kernels {
namespace {

inline i64 aligned(i64 number, i64 unit) { return (number + unit - 1) / unit * unit; }

/// The pixels of places, in images of either resolution.
struct Places {
    const std::int32_t* pixel;
    i64 distance;

    [[nodiscard]] bool is_zero(i64 place) const { return pixel[place] < 0; }
    [[nodiscard]] i64 at(i64 place) const { return pixel[place] + distance; }
    [[nodiscard]] Places from(i64 place) const { return {pixel + place, distance}; }
};

/// The largest number of rows of images whose places are at most so many; at least one.
inline i64 chunk_rows(const ImageShape& shape, i64 places) {
    const i64 rows = places / (shape.width + 1), all = shape.images * shape.height;
    return rows < 1 ? 1 : rows < all ? rows : all;
}

/// A thread's scratch memory for chunks of up to `rows` rows.
struct ChunkMemory {
    i64 places;  ///< room for so many
    std::int32_t *coarse, *fine;
    Bf16* numbers;

    ChunkMemory(const ImageShape& shape, i64 rows, void* memory)
        : places(room(shape, rows)),
          coarse(static_cast<std::int32_t*>(memory)),
          fine(coarse + places),
          numbers(reinterpret_cast<Bf16*>(fine + places)) {}

    /// Bytes, with `channels` numbers a place.
    static i64 size(const ImageShape& shape, i64 rows, i64 channels) {
        constexpr i64 place = 2 * sizeof(std::int32_t), number = sizeof(Bf16);
        return room(shape, rows) * (place + channels * number);
    }

private:
    /// With all zeros.
    static i64 room(const ImageShape& shape, i64 rows) {
        const i64 zeros = (rows + shape.height - 1) / shape.height;
        return aligned((rows + zeros + 2) * (shape.width + 1) + 2, block) + 3 * block;
    }
};

/// A chunk of rows, and the rows above and below it.
struct Chunk {
    i64 front;          ///< places before the chunk's own
    i64 count, padded;  ///< its own places, and the next multiple of 32
    i64 total;          ///< all places

    /// Rows [first, last) at the lower resolution, counted over all images.
    Chunk(const ImageShape& shape, i64 upsampling, i64 first, i64 last, const ChunkMemory& memory)
        : front(shape.width + 2),
          pitch_(shape.width + 1),
          fine_width_(upsampling * shape.width),
          upsampling_(upsampling),
          coarse_(memory.coarse),
          fine_(memory.fine) {
        const i64 height = shape.height + 1;
        const i64 begin = first / shape.height * height + first % shape.height;
        const i64 end = (last - 1) / shape.height * height + (last - 1) % shape.height + 1;
        count = (end - begin) * pitch_;
        padded = aligned(count, block);
        total = front + padded + front;
        __builtin_memset(coarse_, 0xFF, static_cast<std::size_t>(total) * sizeof *coarse_);
        __builtin_memset(fine_, 0xFF, static_cast<std::size_t>(total) * sizeof *fine_);
        for (i64 row = begin - 1; row <= end; ++row) {
            const bool is_inside = row >= 0 && row < shape.images * height;
            if (!is_inside || row % height == shape.height) continue;
            place_row(front + (row - begin) * pitch_, row / height * shape.height + row % height);
        }
    }

    [[nodiscard]] Places coarse() const { return {coarse_, 0}; }
    /// The pixels of a phase, at the higher resolution.
    [[nodiscard]] Places fine(int phase) const {
        return {fine_, phase / upsampling_ * fine_width_ + phase % upsampling_};
    }
    /// Places from a pixel to the one that a tap reads.
    [[nodiscard]] i64 distance(const Tap& tap) const { return tap.down * pitch_ + tap.right; }

private:
    void place_row(i64 place, i64 line) const {
        const i64 width = pitch_ - 1;
        for (i64 column = 0; column < width; ++column) {
            const i64 fine = upsampling_ * (line * fine_width_ + column);
            coarse_[place + column] = static_cast<std::int32_t>(line * width + column);
            fine_[place + column] = static_cast<std::int32_t>(fine);
        }
    }

    i64 pitch_, fine_width_, upsampling_;
    std::int32_t *coarse_, *fine_;
};

/// Channels [first, last) of images, by the place of a chunk.
struct Pixels {
    const Bf16* images;
    i64 channels;
    Places places;
    i64 first, last;
};

/// Reads 32 channels of pixels as they are.
struct Copy {
    Copy(const TileInput& /*input*/, i64 /*channel*/) {}
    [[nodiscard]] __m512i operator()(__m512i row) const { return row; }
};

/// Normalises what it reads, with the bits of norm_forward.
struct Normalise {
    Floats scale[2], shift[2];

    Normalise(const TileInput& input, i64 channel) {
        for (int k = 0; k < 2; ++k) {
            scale[k] = load(input.scale + channel + k * lanes);
            shift[k] = load(input.shift + channel + k * lanes);
        }
    }
    [[nodiscard]] __m512i operator()(__m512i row) const {
        return round_row(multiply_add(relu(widened<0>(row)), scale[0], shift[0]),
                         multiply_add(relu(widened<1>(row)), scale[1], shift[1]));
    }
};

/// 32 channels of pixels; zero where there is none, and from place `end` on.
template <class Reading>
struct RowReader {
    const Pixels& pixels;
    i64 channel, end;
    Reading reading;

    RowReader(const Pixels& p, i64 c, i64 last, const TileInput& input)
        : pixels(p), channel(c), end(last), reading(input, c) {}

    [[nodiscard]] __m512i operator()(i64 place) const {
        if (place >= end || pixels.places.is_zero(place)) return _mm512_setzero_si512();
        const i64 pixel = pixels.places.at(place);
        return reading(load_row(pixels.images + pixel * pixels.channels + channel));
    }
};

/// All places × 32 channels, block of channels by block.
template <class Reading>
void pack_rows(const Chunk& chunk, const Pixels& pixels, const TileInput& input, Bf16* to) {
    for (i64 c = pixels.first; c < pixels.last; c += block) {
        const RowReader<Reading> row(pixels, c, chunk.total, input);
        Bf16* plane = to + (c - pixels.first) * chunk.total;
        for (i64 place = 0; place < chunk.total; ++place) {
            store_row(plane + place * block, row(place));
        }
    }
}

/// 16 channels × the chunk's own places, a tile for 32 places, blocks of channels one after the
/// other. What follows the last place is zero.
inline void pack_columns(const Chunk& chunk, const Pixels& pixels, Bf16* to) {
    for (i64 c = pixels.first; c < pixels.last; c += block) {
        const RowReader<Copy> row(pixels, c, chunk.front + chunk.count, {});
        Bf16* first = to + (c - pixels.first) * chunk.padded;
        Bf16* second = first + tile_rows * chunk.padded;
        for (i64 place = 0; place < chunk.padded; place += block) {
            __m512i low[16], high[16];
            for (i64 i = 0; i < tile_rows; ++i) {
                const i64 from = chunk.front + place + 2 * i;
                const Pairs pairs(row(from), row(from + 1));
                low[i] = pairs.first;
                high[i] = pairs.last;
            }
            transpose(low);
            transpose(high);
            for (i64 i = 0; i < tile_rows; ++i) {
                store_row(first + place * tile_rows + i * tile_terms, low[i]);
                store_row(second + place * tile_rows + i * tile_terms, high[i]);
            }
        }
    }
}

/// Pairs of places × 32 channels side by side, block of channels by block. A second copy has pairs
/// that begin at odd places, so that pairs at any distance are whole rows.
struct PackedPairs {
    Bf16* even;
    i64 plane, copy;  ///< numbers of a block of channels, and of a copy

    PackedPairs(const Chunk& chunk, Bf16* memory, i64 channels)
        : even(memory), plane(aligned(chunk.total, 2) * block), copy(plane * channels / block) {}

    /// The pairs from a place on.
    [[nodiscard]] Bf16* at(i64 place) const {
        return even + place % 2 * copy + place / 2 * 2 * block;
    }
    [[nodiscard]] PackedPairs of_block(i64 channel) const {
        PackedPairs block_of = *this;
        block_of.even += channel / block * plane;
        return block_of;
    }
};

template <class Reading>
void pack_pairs(const Chunk& chunk, const Pixels& pixels, const TileInput& input,
                const PackedPairs& to) {
    for (i64 c = pixels.first; c < pixels.last; c += block) {
        const PackedPairs block_of = to.of_block(c - pixels.first);
        const RowReader<Reading> row(pixels, c, chunk.total, input);
        __m512i before = row(0);
        for (i64 place = 0; place < chunk.total; ++place) {
            const __m512i after = row(place + 1);
            const Pairs pairs(before, after);
            store_row(block_of.at(place), pairs.first);
            store_row(block_of.at(place) + tile_terms, pairs.last);
            before = after;
        }
    }
}

}  // namespace
}  // namespace msunet::model::kernels

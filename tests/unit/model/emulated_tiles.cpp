// SPDX-License-Identifier: Apache-2.0
/// \file
/// Includes the kernels with functions in place of the instructions on tiles, as Intel's
/// Architecture Instruction Set Extensions Programming Reference defines those.

#include "tile_emulation.hpp"

#include <immintrin.h>

#include <cstdint>

namespace msunet::test {
namespace {

/// A tile of the largest size.
struct Tile {
    std::uint8_t rows[16][64];
};

/// The tiles of a thread. Those without a configuration have no rows.
struct Unit {
    Tile tiles[8];
    std::uint8_t rows[8];
    std::uint16_t row_bytes[8];
};
thread_local Unit unit{};

void load_configuration(const void* from) {
    const auto* bytes = static_cast<const std::uint8_t*>(from);
    if (bytes[0] != 1) __builtin_trap();  // the palette
    __builtin_memcpy(unit.row_bytes, bytes + 16, sizeof unit.row_bytes);
    __builtin_memcpy(unit.rows, bytes + 48, sizeof unit.rows);
    for (auto& tile : unit.tiles) tile = {};
}

void release() { unit = {}; }

/// A tile that is configured; anything else is an invalid operation.
Tile& configured(int number) {
    if (unit.rows[number] == 0) __builtin_trap();
    return unit.tiles[number];
}

void zero(int number) { configured(number) = {}; }

void load(int number, const void* from, long step) {
    Tile& tile = configured(number);
    tile = {};
    for (int row = 0; row < unit.rows[number]; ++row) {
        __builtin_memcpy(tile.rows[row], static_cast<const char*>(from) + row * step,
                         unit.row_bytes[number]);
    }
}

void store(int number, void* to, long step) {
    const Tile& tile = configured(number);
    for (int row = 0; row < unit.rows[number]; ++row) {
        __builtin_memcpy(static_cast<char*>(to) + row * step, tile.rows[row],
                         unit.row_bytes[number]);
    }
}

/// The first or the second number (bfloat16) of each pair of a tile.
struct Numbers {
    float at[16][16];

    Numbers(const Tile& tile, int second) {
        for (int row = 0; row < 16; ++row) {
            std::uint32_t pairs[16];
            __builtin_memcpy(pairs, tile.rows[row], sizeof pairs);
            for (auto& pair : pairs) pair = second != 0 ? pair & 0xFFFF0000U : pair << 16U;
            __builtin_memcpy(at[row], pairs, sizeof pairs);
        }
    }
};

/// Adds Σ a·b over the pairs; products of first and of second numbers are kept apart up to the end.
void add_products(int to, int first, int second) {
    Tile& sums = configured(to);
    const Numbers a[2] = {{configured(first), 0}, {configured(first), 1}};
    const Numbers b[2] = {{configured(second), 0}, {configured(second), 1}};
    for (int row = 0; row < unit.rows[to]; ++row) {
        float sum[16], part[2][16] = {};
        for (int k = 0; k < unit.row_bytes[first] / 4; ++k) {
            for (int i = 0; i < 2; ++i) {
                for (int column = 0; column < 16; ++column) {
                    part[i][column] += a[i].at[row][k] * b[i].at[k][column];
                }
            }
        }
        __builtin_memcpy(sum, sums.rows[row], sizeof sum);
        for (int column = 0; column < 16; ++column)
            sum[column] += part[0][column] + part[1][column];
        __builtin_memcpy(sums.rows[row], sum, sizeof sum);
    }
}

}  // namespace
}  // namespace msunet::test

#undef _tile_loadconfig
#undef _tile_release
#undef _tile_zero
#undef _tile_loadd
#undef _tile_stored
#undef _tile_dpbf16ps
#define _tile_loadconfig(from) msunet::test::load_configuration(from)
#define _tile_release() msunet::test::release()
#define _tile_zero(tile) msunet::test::zero(tile)
#define _tile_loadd(tile, from, step) msunet::test::load(tile, from, step)
#define _tile_stored(tile, to, step) msunet::test::store(tile, to, step)
#define _tile_dpbf16ps(to, a, b) msunet::test::add_products(to, a, b)

#include "model/kernels/tile_convolution.hpp"

namespace msunet::test {

const model::kernels::TileConvolutions emulated_tile_convolutions =
    model::kernels::tile_convolutions;

}  // namespace msunet::test

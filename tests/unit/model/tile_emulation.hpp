// SPDX-License-Identifier: Apache-2.0
/// \file
/// The kernels for the matrix unit without it: each instruction on tiles is a function, so that any
/// processor with AVX512_BF16 runs them, and sanitizers see what they read and write.
#pragma once

#include "model/kernels/table.hpp"

namespace msunet::test {

#if defined(__x86_64__)
extern const model::kernels::TileConvolutions emulated_tile_convolutions;

/// Null where this processor lacks AVX512_BF16, which the code around the tiles needs.
inline const model::kernels::TileConvolutions* emulated_tiles() {
    const auto set = model::kernels::InstructionSet::avx512_bf16;
    return model::kernels::kernels_of(set) != nullptr ? &emulated_tile_convolutions : nullptr;
}
#else
inline const model::kernels::TileConvolutions* emulated_tiles() { return nullptr; }
#endif

}  // namespace msunet::test

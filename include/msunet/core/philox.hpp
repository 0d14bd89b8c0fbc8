// SPDX-License-Identifier: Apache-2.0
/// \file
/// Philox4x32-10 (Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3",
/// SC'11): one source for the host, for the CPU's vector kernels and for the GPU's kernels.
/// Therefore only built-in types: NVRTC has no standard library, and nothing here may be linked
/// from one instruction set into another.
#pragma once

#ifdef __CUDACC__
#define MSUNET_DEVICE __device__
#else
#define MSUNET_DEVICE
#endif

namespace msunet::core {

/// The two halves of a product of 32-bit words.
template <class Word>
struct WideProduct {
    Word high, low;
};

/// The product of two 32-bit words.
struct ScalarMultiply {
    MSUNET_DEVICE constexpr WideProduct<unsigned> operator()(unsigned a, unsigned b) const {
        const unsigned long long product = static_cast<unsigned long long>(a) * b;
        return {static_cast<unsigned>(product >> 32U), static_cast<unsigned>(product)};
    }
};

/// Replaces a 128-bit counter by its four random words under `key`: a bijection for each key. Word
/// is a 32-bit word, or a vector of such for as many counters at once; multiply(Word, unsigned)
/// gives a WideProduct<Word>.
template <class Word, class Multiply = ScalarMultiply>
MSUNET_DEVICE constexpr void philox4x32(Word (&counter)[4], unsigned long long key,
                                        Multiply multiply = {}) {
    unsigned k0 = static_cast<unsigned>(key), k1 = static_cast<unsigned>(key >> 32U);
    for (int round = 0; round < 10; ++round) {
        const auto a = multiply(counter[0], 0xD2511F53U), b = multiply(counter[2], 0xCD9E8D57U);
        counter[0] = b.high ^ counter[1] ^ k0;
        counter[1] = b.low;
        counter[2] = a.high ^ counter[3] ^ k1;
        counter[3] = a.low;
        k0 += 0x9E3779B9U;
        k1 += 0xBB67AE85U;
    }
}

}  // namespace msunet::core

#undef MSUNET_DEVICE

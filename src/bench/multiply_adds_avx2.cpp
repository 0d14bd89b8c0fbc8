// SPDX-License-Identifier: Apache-2.0
#include "bench/multiply_adds.hpp"

namespace msunet::bench {

double multiply_adds_avx2(float factor, float term, float* out) {
    using Vector = float __attribute__((vector_size(8 * sizeof(float))));
    return multiply_adds<Vector>(factor, term, out);
}

}  // namespace msunet::bench

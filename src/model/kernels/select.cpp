// SPDX-License-Identifier: Apache-2.0
#include "model/kernels/table.hpp"

namespace msunet::model::kernels {

const Kernels& kernels() {
    static const Kernels& best =
        __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")
            ? kernels_avx512()
        : __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? kernels_avx2()
                                                                          : kernels_baseline();
    return best;
}

}  // namespace msunet::model::kernels

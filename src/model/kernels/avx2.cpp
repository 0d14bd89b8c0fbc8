// SPDX-License-Identifier: Apache-2.0
/// \file
/// The kernels for one instruction set, see the flags in CMakeLists.txt.

#include "model/kernels/make_kernels.hpp"
#include "model/kernels/winograd.hpp"

namespace msunet::model::kernels {

const Kernels& kernels_avx2() {
    static constexpr Kernels kernels =
        make_kernels(&winograds<float, SingleProduct>, &winograds<Bf16, SingleProduct>);
    return kernels;
}

}  // namespace msunet::model::kernels

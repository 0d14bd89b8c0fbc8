// SPDX-License-Identifier: Apache-2.0
/// \file
/// The kernels for one instruction set, see the flags in CMakeLists.txt.

#include "model/kernels/make_kernels.hpp"
#include "model/kernels/tile_convolution.hpp"
#include "model/kernels/winograd.hpp"

namespace msunet::model::kernels {

const Kernels& kernels_amx() {
    static constexpr Kernels kernels = [] {
        Kernels all = make_kernels(&winograds<float, SingleProduct>, nullptr);
        all.tile_convolutions = &tile_convolutions;
        return all;
    }();
    return kernels;
}

}  // namespace msunet::model::kernels

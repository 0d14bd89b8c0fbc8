// SPDX-License-Identifier: Apache-2.0
// The kernels for one instruction set, see the flags in CMakeLists.txt.

#include "model/kernels/body.hpp"
#include "model/kernels/weights_gradient.hpp"

namespace msunet::model::kernels {

const Kernels& kernels_avx2() {
    static constexpr Kernels kernels = make_kernels(&weights_gradient);
    return kernels;
}

}  // namespace msunet::model::kernels

// SPDX-License-Identifier: Apache-2.0
// The kernels for one instruction set, see the flags in CMakeLists.txt.

#include "model/kernels/body.hpp"

namespace msunet::model::kernels {

const Kernels& kernels_baseline() {
    static constexpr Kernels kernels = make_kernels(nullptr, nullptr);
    return kernels;
}

}  // namespace msunet::model::kernels

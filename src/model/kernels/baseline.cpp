// SPDX-License-Identifier: Apache-2.0
/// \file
/// The kernels for one instruction set, see the flags in CMakeLists.txt.

#include "model/kernels/make_kernels.hpp"

namespace msunet::model::kernels {

const Kernels& kernels_baseline() {
    static constexpr Kernels kernels = make_kernels(nullptr, nullptr);
    return kernels;
}

}  // namespace msunet::model::kernels

// SPDX-License-Identifier: Apache-2.0
/// \file
/// What kernels are started with: pointers, sizes, numbers of blocks, and the parts of their
/// parameters that several have in common.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

#include "gpu/kernel_launcher.hpp"
#include "gpu/kernel_parameters.hpp"
#include "msunet/model/fused_ops.hpp"

namespace msunet::gpu {

/// Null for a tensor that is undefined.
template <class T>
T* pointer(const at::Tensor& tensor) {
    return tensor.defined() ? static_cast<T*>(tensor.data_ptr()) : nullptr;
}

/// Of activations (N,C,H,W). Throws core::Error where the kernels can't number them.
[[nodiscard]] int pixels_of(const at::Tensor& z);
[[nodiscard]] Images images_of(const at::Tensor& z);
[[nodiscard]] int channels_of(const at::Tensor& z);

/// For kernels that sum by channel: the same on every device. Without pixels it has blocks all the
/// same, which write sums of 0. Throws core::Error where there are more channels than can be summed
/// over.
[[nodiscard]] Grid summing_grid(const at::Tensor& z);
/// Blocks for sums over `pixels` pixels of 32 channels: a thread takes many of them, as it has many
/// sums to add up at its end. At least two, for two rows of blocks.
[[nodiscard]] long long thin_blocks(long long pixels);
/// For kernels on `pixels` pixels that sum nothing.
[[nodiscard]] Grid plain_grid(const at::Tensor& z, long long pixels);
/// For kernels on the pixels of the head, of which each thread takes several; at least one block,
/// which writes gradients of 0.
[[nodiscard]] Grid head_grid(const at::Tensor& z);

[[nodiscard]] GradientParts parts_of(const model::Source& source, const at::Tensor& z);
[[nodiscard]] PrepareNorm prepare_of(const model::Norm& norm, std::int64_t count);
[[nodiscard]] PrepareNormBackward prepare_backward_of(const model::Norm& norm, std::int64_t count);

}  // namespace msunet::gpu

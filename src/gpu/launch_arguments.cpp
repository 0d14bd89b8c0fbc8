// SPDX-License-Identifier: Apache-2.0
#include "gpu/launch_arguments.hpp"

#include <algorithm>

#include "msunet/core/error.hpp"

namespace msunet::gpu {
namespace {

/// Pixels that a thread works on at least, where there are enough of them.
constexpr long long pixels_per_thread = 4;
/// The kernels number pixels in 32 bits, and may go beyond by a round of all threads.
constexpr std::int64_t most_pixels = std::int64_t{1} << 30;

int slabs_of(const at::Tensor& z) {
    const int slabs = channels_of(z) / slab_of(channels_of(z));
    if (slabs > most_summing_blocks) {
        throw core::Error(core::ExitCode::failure,
                          "a layer has more channels than the GPU's kernels can sum over, use an "
                          "architecture with fewer");
    }
    return slabs;
}

/// Blocks along x for `pixels` pixels of a slab, of which each thread takes several; at least one.
long long blocks_for(const at::Tensor& z, long long pixels) {
    const long long lanes =
        slab_of(channels_of(z)) * static_cast<long long>(z.element_size()) / access_bytes;
    const long long of_block = block_size / lanes * pixels_per_thread;
    return std::max(1LL, (pixels + of_block - 1) / of_block);
}

}  // namespace

int pixels_of(const at::Tensor& z) {
    const std::int64_t pixels = z.size(0) * z.size(2) * z.size(3);
    if (pixels > most_pixels) {
        throw core::Error(core::ExitCode::failure,
                          "a batch has more pixels than the GPU's kernels can number, use a "
                          "smaller batch_size");
    }
    return static_cast<int>(pixels);
}

Images images_of(const at::Tensor& z) {
    return {.pixels = pixels_of(z),
            .height = static_cast<int>(z.size(2)),
            .width = static_cast<int>(z.size(3))};
}

int channels_of(const at::Tensor& z) { return static_cast<int>(z.size(1)); }

Grid summing_grid(const at::Tensor& z) {
    const int slabs = slabs_of(z);
    return {std::min<long long>(blocks_for(z, pixels_of(z)), most_summing_blocks / slabs), slabs};
}

long long thin_blocks(long long pixels) {
    constexpr long long of_block = 1024;
    return std::clamp<long long>((pixels + of_block - 1) / of_block, 2, most_summing_blocks);
}

Grid plain_grid(const at::Tensor& z, long long pixels) {
    return {pixels == 0 ? 0 : blocks_for(z, pixels), slabs_of(z)};
}

Grid head_grid(const at::Tensor& z) {
    const auto grid = Grid::of_threads(pixels_of(z) / pixels_per_thread);
    return {std::clamp<long long>(grid.x, 1, most_summing_blocks)};
}

GradientParts parts_of(const model::Source& source, const at::Tensor& z) {
    const bool direct = source.gradient.defined();
    return {.gradient = pointer<void>(source.gradient),
            .stride = direct ? channels_of(source.gradient) : 0,
            .offset = static_cast<int>(source.offset),
            .bits = pointer<unsigned>(source.bits),
            .keep_scale = source.bits.defined() ? source.keep_scale : 1,
            .pooled = pointer<void>(source.pooled),
            .pool_index = pointer<unsigned char>(source.pool_index),
            .width = static_cast<int>(z.size(3))};
}

PrepareNorm prepare_of(const model::Norm& norm, std::int64_t count) {
    return {.channels = static_cast<int>(norm.gamma.size(0)),
            .count = norm.batch_statistics ? count : 0,
            .momentum = norm.constants.momentum,
            .epsilon = norm.constants.epsilon,
            .sums = pointer<double>(norm.sums),
            .gamma = pointer<void>(norm.gamma),
            .beta = pointer<void>(norm.beta),
            .moving_mean = pointer<void>(norm.moving_mean),
            .moving_variance = pointer<void>(norm.moving_variance),
            .mean = pointer<double>(norm.mean),
            .inverse = pointer<double>(norm.inverse),
            .scale = pointer<void>(norm.scale),
            .shift = pointer<void>(norm.shift)};
}

PrepareNormBackward prepare_backward_of(const model::Norm& norm, std::int64_t count) {
    return {.channels = static_cast<int>(norm.gamma.size(0)),
            .count = norm.batch_statistics ? count : 0,
            .sums = pointer<double>(norm.sums),
            .mean = pointer<double>(norm.mean),
            .inverse = pointer<double>(norm.inverse),
            .gamma = pointer<void>(norm.gamma),
            .correction = pointer<void>(norm.correction)};
}

}  // namespace msunet::gpu

// SPDX-License-Identifier: Apache-2.0
#include "model/winograd.hpp"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/record_function.h>

#include "model/convolution_work.hpp"
#include "model/cpu_tensors.hpp"

namespace msunet::model {
namespace {

using kernels::Bf16;
using kernels::TiledShape;
using kernels::Winograd;
using kernels::WinogradPass;

/// Tiles that are worth a thread: fewer where they are large.
template <class T>
std::int64_t grain(const WinogradPass<T>& pass) {
    return pass.output > 2 ? 12 : 24;
}

std::int64_t tiles_of(const TiledShape& shape, std::int64_t images) {
    return images * shape.down * shape.across;
}

template <class T>
at::Tensor transform(const WinogradPass<T>& pass, std::int64_t positions, const at::Tensor& kernel,
                     std::int64_t written) {
    const std::int64_t in = kernel.size(3), out = kernel.size(0);
    at::Tensor transformed = at::empty({positions, in, out}, kernel.options());
    at::parallel_for(0, written / half_block, 1, [&](std::int64_t begin, std::int64_t end) {
        pass.transform(pointer<const float>(kernel), in, out, half_block * begin, half_block * end,
                       transformed.data_ptr());
    });
    return transformed;
}

/// x by the forward or the adjoint pass, to `channels` channels.
template <class T>
at::Tensor run_pass(const WinogradPass<T>& pass, std::int64_t positions, const at::Tensor& x,
                    const at::Tensor& kernel, std::int64_t channels, const float* bias) {
    const TiledShape shape{x.size(2) / pass.step, x.size(3) / pass.step, x.size(1), channels};
    const at::Tensor transformed = transform(pass, positions, kernel, channels);
    at::Tensor z =
        at::empty({x.size(0), channels, shape.down * pass.output, shape.across * pass.output},
                  x.options(), at::MemoryFormat::ChannelsLast);
    const Scratch scratch(at::get_num_threads(), pass.scratch(shape.in, shape.out));
    at::parallel_for(
        0, tiles_of(shape, x.size(0)), grain(pass), [&](std::int64_t begin, std::int64_t end) {
            pass.convolve(pointer<const T>(x), transformed.const_data_ptr(), bias, shape, begin,
                          end, pointer<T>(z), scratch.of(at::get_thread_num()));
        });
    return z;
}

/// The gradient (positions,cin,cout) of the kernel's transform.
template <class T>
at::Tensor transform_gradient(const Winograd<T>& winograd, const at::Tensor& x,
                              const at::Tensor& gradient) {
    const std::int64_t step = winograd.forward.step;
    const TiledShape shape{x.size(2) / step, x.size(3) / step, x.size(1), gradient.size(1)};
    const std::int64_t tiles = tiles_of(shape, x.size(0)), threads = at::get_num_threads();
    const Split split(threads, shape.in, tiles / threads >= shape.in,
                      tiles / grain(winograd.forward));
    return split.sum(tiles, shape.in, {winograd.positions, shape.in, shape.out},
                     winograd.forward.scratch(shape.in, shape.out),
                     [&](const Part& part, const Part& channels, float* sums, void* scratch) {
                         winograd.add_gradient(pointer<const T>(x), pointer<const T>(gradient),
                                               shape, part.first, part.last, channels.first,
                                               channels.last, sums, scratch);
                     });
}

}  // namespace

template <class T>
bool is_applicable(const Winograd<T>& winograd, const at::Tensor& kernel) {
    return has_whole_blocks(kernel, winograd.taps);
}

template <class T>
at::Tensor convolve(const Winograd<T>& winograd, const at::Tensor& x, const at::Tensor& kernel,
                    const at::Tensor& bias) {
    RECORD_USER_SCOPE("msunet::convolution");
    return run_pass(winograd.forward, winograd.positions, x, kernel, kernel.size(0),
                    pointer<const float>(bias));
}

template <class T>
at::Tensor input_gradient(const Winograd<T>& winograd, const at::Tensor& gradient,
                          const at::Tensor& kernel) {
    RECORD_USER_SCOPE("msunet::convolution_backward");
    return run_pass(winograd.adjoint, winograd.positions, gradient, kernel, kernel.size(3),
                    nullptr);
}

template <class T>
void write_kernel_gradient(const Winograd<T>& winograd, const at::Tensor& x,
                           const at::Tensor& gradient, const at::Tensor& kernel_gradient) {
    RECORD_USER_SCOPE("msunet::convolution_backward");
    const at::Tensor transformed = transform_gradient(winograd, x, gradient);
    const std::int64_t in = x.size(1), out = gradient.size(1);
    at::parallel_for(0, in / half_block, 1, [&](std::int64_t begin, std::int64_t end) {
        winograd.kernel_gradient(pointer<const float>(transformed), in, out, half_block * begin,
                                 half_block * end, pointer<float>(kernel_gradient));
    });
}

template bool is_applicable(const Winograd<float>&, const at::Tensor&);
template bool is_applicable(const Winograd<Bf16>&, const at::Tensor&);
template at::Tensor convolve(const Winograd<float>&, const at::Tensor&, const at::Tensor&,
                             const at::Tensor&);
template at::Tensor convolve(const Winograd<Bf16>&, const at::Tensor&, const at::Tensor&,
                             const at::Tensor&);
template at::Tensor input_gradient(const Winograd<float>&, const at::Tensor&, const at::Tensor&);
template at::Tensor input_gradient(const Winograd<Bf16>&, const at::Tensor&, const at::Tensor&);
template void write_kernel_gradient(const Winograd<float>&, const at::Tensor&, const at::Tensor&,
                                    const at::Tensor&);
template void write_kernel_gradient(const Winograd<Bf16>&, const at::Tensor&, const at::Tensor&,
                                    const at::Tensor&);

}  // namespace msunet::model

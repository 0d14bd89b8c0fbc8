// SPDX-License-Identifier: Apache-2.0
/// \file
/// Between tensors and the CPU's kernels: types, pointers and threads.
#pragma once

#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <type_traits>
#include <vector>

#include "model/kernels/table.hpp"
#include "msunet/core/error.hpp"
#include "msunet/core/text.hpp"

namespace msunet::model {

/// Throws core::Error for a type of tensors without CPU kernels.
[[noreturn]] inline void throw_no_kernel(at::ScalarType type, const char* supported) {
    throw core::Error(core::ExitCode::failure,
                      core::concat("there are no CPU kernels for tensors of type ",
                                   core::quoted(c10::toString(type)), ", use ", supported));
}

/// Calls f with a value of the element type of activations. Throws core::Error for other types.
template <class F>
void with_type(const at::Tensor& tensor, F&& f) {
    switch (tensor.scalar_type()) {
        case at::kFloat:
            return f(float{});
        case at::kDouble:
            return f(double{});
        case at::kBFloat16:
            return f(kernels::Bf16{});
        default:
            throw_no_kernel(tensor.scalar_type(), "float32, float64 or bfloat16");
    }
}

/// The same for tensors in master precision.
template <class F>
void with_master_type(const at::Tensor& tensor, F&& f) {
    switch (tensor.scalar_type()) {
        case at::kFloat:
            return f(float{});
        case at::kDouble:
            return f(double{});
        default:
            throw_no_kernel(tensor.scalar_type(), "float32 or float64 for master precision");
    }
}

/// The kernels for activations of type T.
template <class T>
const kernels::Table<T>& table() {
    const auto& all = kernels::kernels();
    if constexpr (std::is_same_v<T, float>) return all.float32;
    if constexpr (std::is_same_v<T, double>) return all.float64;
    if constexpr (std::is_same_v<T, kernels::Bf16>) return all.bfloat16;
}

/// The tensor's memory; null if it is undefined.
template <class T>
T* pointer(const at::Tensor& tensor) {
    return tensor.defined() ? static_cast<T*>(tensor.data_ptr()) : nullptr;
}

/// Runs f(begin, end, sums) over [0, count) in parallel, with `size` separate sums for each thread,
/// and adds those in the order of the threads: the same number of threads gives the same bits.
template <class F>
void parallel_sums(std::int64_t count, std::int64_t grain, std::int64_t size, double* total,
                   F&& f) {
    std::vector<std::vector<double>> parts(static_cast<std::size_t>(at::get_num_threads()));
    at::parallel_for(0, count, grain, [&](std::int64_t begin, std::int64_t end) {
        auto& part = parts[static_cast<std::size_t>(at::get_thread_num())];
        part.assign(static_cast<std::size_t>(size), 0.0);
        f(begin, end, part.data());
    });
    for (std::int64_t i = 0; i < size; ++i) total[i] = 0;
    for (const auto& part : parts) {
        for (std::size_t i = 0; i < part.size(); ++i) total[i] += part[i];
    }
}

}  // namespace msunet::model

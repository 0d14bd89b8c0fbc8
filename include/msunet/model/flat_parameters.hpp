// SPDX-License-Identifier: Apache-2.0
/// \file
/// All trainable parameters in one contiguous buffer, gradients in a second one: one all-reduce a
/// step, one pass of the optimiser.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

namespace msunet::model {

/// One tensor's place in the flat buffers. Kernels lie there as (cout, kh, kw, cin), which is what
/// a channels-last convolution reads without a copy.
struct Segment {
    std::string name;                 ///< Keras's, e.g. "conv1_1/kernel:0"
    std::vector<std::int64_t> shape;  ///< as it lies in the buffer
    std::int64_t offset = 0;          ///< elements
    std::int64_t size = 0;            ///< elements

    /// Whether it is a convolution's kernel.
    [[nodiscard]] bool is_kernel() const { return shape.size() == 4; }
};

/// Values and gradients of the trainable parameters; frozen ones have no place in it.
class FlatParameters {
public:
    FlatParameters() = default;
    /// Sets the segments' offsets one after another; zeros everywhere.
    FlatParameters(std::vector<Segment> segments, const at::TensorOptions& options);

    [[nodiscard]] const std::vector<Segment>& segments() const { return segments_; }
    /// (size) in master precision: float32, or float64.
    [[nodiscard]] const at::Tensor& values() const { return values_; }
    /// (size), likewise.
    [[nodiscard]] const at::Tensor& gradients() const { return gradients_; }
    [[nodiscard]] std::int64_t size() const { return values_.defined() ? values_.numel() : 0; }

    /// A view of a segment in its own shape.
    [[nodiscard]] at::Tensor value(std::size_t segment) const;
    [[nodiscard]] at::Tensor gradient(std::size_t segment) const;
    /// A view of a segment of any buffer that lies like the values (an optimiser's state).
    [[nodiscard]] at::Tensor view(const at::Tensor& buffer, std::size_t segment) const;

private:
    std::vector<Segment> segments_;
    at::Tensor values_, gradients_;
};

}  // namespace msunet::model

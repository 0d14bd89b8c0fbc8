// SPDX-License-Identifier: Apache-2.0
/// \file
/// The buffers that hold all weights of a network.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstddef>
#include <span>
#include <vector>

#include "msunet/core/named_array.hpp"
#include "msunet/model/flat_parameters.hpp"
#include "msunet/unet/architecture.hpp"

namespace msunet::model {

/// All weights of an architecture: trainable ones flat with gradients, frozen ones and statistics
/// in buffers of their own.
class Weights {
public:
    /// `trainable`: a flag for each layer; empty: all.
    Weights(const unet::Architecture& architecture, const std::vector<bool>& trainable,
            const at::TensorOptions& master);
    Weights(const Weights&) = delete;
    Weights& operator=(const Weights&) = delete;

    /// All tensors in the architecture's order; throws core::Error where a shape does not fit.
    void load(std::span<const core::NamedArray> arrays);
    [[nodiscard]] std::vector<core::NamedArray> save() const;

    /// A view of the architecture's tensor of this index; kernels as (cout,kh,kw,cin).
    [[nodiscard]] at::Tensor value(std::size_t tensor) const;
    /// Likewise of its gradient; undefined where gradients don't change it.
    [[nodiscard]] at::Tensor gradient(std::size_t tensor) const;
    /// Makes copies of all but the statistics in this type; `convert` updates them from the values.
    void make_copies(at::ScalarType type);
    void convert();
    /// The copies of `parameters`, flat; undefined: none.
    [[nodiscard]] const at::Tensor& parameter_copies() const { return parameter_copies_; }
    /// A view of a tensor's copy; undefined where there is none.
    [[nodiscard]] at::Tensor copy(std::size_t tensor) const;
    /// Index of the first tensor of a layer with weights.
    [[nodiscard]] std::size_t first_of(std::size_t layer) const { return first_of_[layer]; }

    FlatParameters parameters;  ///< trainable
    FlatParameters fixed;       ///< frozen; gradients unused
    FlatParameters statistics;  ///< moving means and variances; gradients unused

private:
    /// Where a tensor lies.
    struct Place {
        FlatParameters* buffer;
        std::size_t segment;
    };

    std::vector<unet::Tensor> tensors_;
    std::vector<Place> places_;
    std::vector<std::size_t> first_of_;
    at::Tensor parameter_copies_, fixed_copies_;  ///< flat; undefined: none
};

}  // namespace msunet::model

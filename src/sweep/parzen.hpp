// SPDX-License-Identifier: Apache-2.0
/// \file
/// A density over the points of a grid.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "msunet/core/random.hpp"

namespace msunet::sweep {

/// An axis of a density: places 0 … length - 1.
struct ParzenAxis {
    std::uint32_t length = 1;
    bool ordered = false;  ///< neighbouring places are similar; else all differ alike
};

/// A place on each axis.
using Place = std::vector<std::uint32_t>;

/// Mixture, in equal parts, of the uniform density and of one product of kernels around each
/// centre. On an ordered axis the kernel is a normal distribution integrated over each place and
/// cut at the ends, with the bandwidth of Optuna's multivariate TPE: 0.2 · length · n^(-1/(d+4)),
/// at least length / min(100, n + 1), for n centres and d axes. On other axes it is that of
/// Aitchison and Aitken 1976, with 1/(n + 1) of the weight of a centre spread over all places.
class ParzenDensity {
public:
    /// The axes and centres must outlive the density.
    ParzenDensity(std::span<const ParzenAxis> axes, std::vector<const Place*> centres);

    [[nodiscard]] double operator()(const Place& place) const;
    [[nodiscard]] Place draw(core::RandomStream& random) const;

private:
    /// Kernel of an axis: the weight by distance from the centre, and its sum for each centre.
    struct Kernel {
        std::vector<double> weights;
        std::vector<double> sums;
    };
    [[nodiscard]] static Kernel ordered_kernel(std::uint32_t length, double bandwidth);
    [[nodiscard]] static Kernel category_kernel(std::uint32_t length, double spread);
    [[nodiscard]] double weight(std::size_t axis, std::uint32_t place, std::uint32_t centre) const;
    [[nodiscard]] std::uint32_t draw_on(std::size_t axis, std::uint32_t centre, double u) const;

    std::span<const ParzenAxis> axes_;
    std::vector<const Place*> centres_;
    std::vector<Kernel> kernels_;
};

}  // namespace msunet::sweep

// SPDX-License-Identifier: Apache-2.0
/// \file
/// Smooth random fields.
#pragma once

#include <cstdint>
#include <vector>

#include "geometry.hpp"

namespace msunet::phantom {

/// Value noise: random values in [-1, 1] on a periodic lattice, smooth between.
class Texture {
public:
    explicit Texture(std::uint64_t seed);

    /// The field at `p`, features of `grain` mm.
    [[nodiscard]] double at(const Point& p, double grain) const;

private:
    static constexpr std::size_t side = 32;
    std::vector<float> lattice_;
};

}  // namespace msunet::phantom

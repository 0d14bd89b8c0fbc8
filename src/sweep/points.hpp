// SPDX-License-Identifier: Apache-2.0
/// \file
/// Points of the unit cube, random or spread evenly.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "msunet/sweep/options.hpp"

namespace msunet::sweep {

/// Sets a vector, one coordinate a dimension, to the next point, each coordinate times 2^64.
using DrawPoint = std::function<void(std::vector<std::uint64_t>& coordinates)>;

/// The points of a method, the same for the same seed. A Latin hypercube has `count` strata and
/// gives no more than `count` points.
[[nodiscard]] DrawPoint points_of(RandomMethod method, std::size_t dimensions, std::uint64_t count,
                                  std::uint64_t seed);

/// How many points to draw at most for `count` distinct ones.
[[nodiscard]] std::uint64_t points_worth_drawing(RandomMethod method, std::uint64_t count);

/// The place among `length` equal parts of the axis that a coordinate falls into.
[[nodiscard]] inline std::uint64_t part_of(std::uint64_t coordinate, std::uint64_t length) {
    __extension__ using Wide = unsigned __int128;
    return static_cast<std::uint64_t>((Wide{coordinate} * length) >> 64U);
}

}  // namespace msunet::sweep

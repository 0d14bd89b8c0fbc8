// SPDX-License-Identifier: Apache-2.0
#include "msunet/imaging/grid.hpp"

#include <algorithm>
#include <cmath>

#include "msunet/core/text.hpp"
#include "msunet/core/value.hpp"
#include "msunet/imaging/options.hpp"

namespace msunet::imaging {

Grid grid_of(const core::Volume& volume) { return {volume.size, volume.spacing, volume.origin}; }

Grid grid_of_target(const core::Volume& volume, std::int64_t target) {
    Grid grid = grid_of(volume);
    const auto width = static_cast<std::size_t>(std::max<std::int64_t>(target, 1));
    grid.size[0] = width;
    grid.size[1] =
        std::max<std::size_t>(1, width * volume.size[1] / std::max<std::size_t>(volume.size[0], 1));
    std::array<double, 3> shift{};
    for (std::size_t i = 0; i < 3; ++i) {
        grid.spacing[i] = static_cast<double>(volume.size[i]) * volume.spacing[i] /
                          static_cast<double>(grid.size[i]);
        shift[i] = (grid.spacing[i] - volume.spacing[i]) / 2;
    }
    for (std::size_t i = 0; i < 3; ++i) {
        const double* row = &volume.direction[3 * i];
        grid.origin[i] =
            volume.origin[i] + (row[0] * shift[0] + row[1] * shift[1] + row[2] * shift[2]);
    }
    return grid;
}

Grid grid_of_spacing(const core::Volume& volume, double horizontal, double interlayer) {
    Grid grid = grid_of(volume);
    grid.spacing = {horizontal, horizontal, interlayer};
    for (std::size_t i = 0; i < 3; ++i) {
        grid.size[i] = static_cast<std::size_t>(
            std::ceil(static_cast<double>(volume.size[i]) * (volume.spacing[i] / grid.spacing[i])));
    }
    return grid;
}

Grid grid_for(const core::Volume& volume, const PreprocessOptions& options) {
    if (options.by_spacing()) {
        return grid_of_spacing(volume, options.horizontal(), options.interlayer());
    }
    return grid_of_target(volume, options.target());
}

std::optional<std::string> unreasonable(const Grid& grid, const core::Volume& volume) {
    const bool too_large = grid.size[0] > largest_side || grid.size[1] > largest_side;
    const bool empty = grid.size[0] == 0 || grid.size[1] == 0 || grid.size[2] == 0;
    if (!too_large && !empty) return std::nullopt;
    std::string text = "slices would have ";
    text += std::to_string(grid.size[0]) + "x" + std::to_string(grid.size[1]) + " pixels";
    if (too_large) text += ", more than " + std::to_string(largest_side) + " a side";
    text += " (the header's spacing is ";
    for (std::size_t i = 0; i < 3; ++i) {
        text += (i > 0 ? " x " : "") + core::python_repr(volume.spacing[i]);
    }
    return text + " mm), check the header or choose a slice width with -ts";
}

}  // namespace msunet::imaging

// SPDX-License-Identifier: Apache-2.0
#include "msunet/imaging/grid.hpp"

#include <algorithm>
#include <cmath>

#include "msunet/core/counted.hpp"
#include "msunet/core/text.hpp"
#include "msunet/imaging/options.hpp"

namespace msunet::imaging {

namespace {

// What mode 1 must leave of a volume; less comes from a wrong spacing.
constexpr std::size_t fewest_pixels = 8;
constexpr std::size_t fewest_slices = 3;
/// No grid is larger, however wrong the spacing: products of sizes stay numbers.
constexpr double largest_size = 1e9;

std::size_t bounded(double size) {
    return static_cast<std::size_t>(std::clamp(size, 1.0, largest_size));
}

}  // namespace

Grid grid_of(const core::Volume& volume) { return {volume.size, volume.spacing, volume.origin}; }

Grid grid_of_target(const core::Volume& volume, std::int64_t target) {
    Grid grid = grid_of(volume);
    const std::size_t width = bounded(static_cast<double>(target));
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
        grid.size[i] = bounded(
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

std::optional<std::string> unreasonable(const Grid& grid, const core::Volume& volume,
                                        const PreprocessOptions& options) {
    const auto lost = [&](std::size_t axis, std::size_t least) {
        return grid.size[axis] < least && volume.size[axis] >= least;
    };
    const bool too_large = grid.size[0] > largest_side || grid.size[1] > largest_side;
    const bool too_small =
        options.by_spacing() &&
        (lost(0, fewest_pixels) || lost(1, fewest_pixels) || lost(2, fewest_slices));
    if (!too_large && !too_small) return std::nullopt;
    std::string text = core::concat(core::counted(grid.size[2], "slice"), " of ", grid.size[0], "x",
                                    grid.size[1], " pixels would be left of ", volume.size[0], "x",
                                    volume.size[1], "x", volume.size[2], " voxels");
    if (too_large) text += core::concat(", more than ", largest_side, " a side");
    text += " (the header's spacing is ";
    for (std::size_t i = 0; i < 3; ++i) {
        text += (i > 0 ? " x " : "") + core::general(volume.spacing[i], 6);
    }
    return text + (options.by_spacing() ? " mm), correct pixdim or choose a slice width with -ts"
                                        : " mm), choose a smaller slice width with -ts");
}

}  // namespace msunet::imaging

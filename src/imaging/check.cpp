// SPDX-License-Identifier: Apache-2.0
#include "msunet/imaging/check.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "msunet/core/text.hpp"
#include "msunet/core/value.hpp"
#include "msunet/imaging/axes.hpp"

namespace msunet::imaging {
namespace {

std::string size_text(const core::Volume& volume) {
    return std::to_string(volume.size[0]) + "x" + std::to_string(volume.size[1]) + "x" +
           std::to_string(volume.size[2]);
}

std::string spacing_text(const core::Volume& volume) {
    return core::concat(core::general(volume.spacing[0], 6), " x ",
                        core::general(volume.spacing[1], 6), " x ",
                        core::general(volume.spacing[2], 6));
}

std::string distinct_values(const core::Volume& mask) {
    constexpr std::size_t shown = 6;
    constexpr std::size_t counted = 1000;
    std::set<float> values;
    std::size_t not_numbers = 0;
    for (const float voxel : mask.voxels) {
        if (std::isnan(voxel)) {
            ++not_numbers;
        } else if (values.size() < counted) {
            values.insert(voxel);
        }
    }
    std::string text = "values ";
    std::size_t number = 0;
    for (const float value : values) {
        if (number == shown) break;
        if (number++ > 0) text += ", ";
        text += value == std::round(value) && std::abs(value) < 1e9F
                    ? std::to_string(static_cast<long long>(value))
                    : core::python_repr(value);
    }
    if (values.size() > shown) {
        text += ", ... (" + std::to_string(values.size()) +
                (values.size() == counted ? " or more" : "") + " in all)";
    }
    if (not_numbers > 0) text += " and " + std::to_string(not_numbers) + " NaN";
    return text;
}

}  // namespace

std::optional<std::string> make_binary(core::Volume& mask) {
    bool ones = false;
    bool many = false;  // 255
    bool other = false;
    // Resampled and scaled masks come close.
    const auto is_near = [](float voxel, float value) { return std::abs(voxel - value) <= 1e-3F; };
    for (const float voxel : mask.voxels) {
        const bool one = is_near(voxel, 1);
        const bool large = is_near(voxel, 255);
        ones |= one;
        many |= large;
        other |= !(one || large || is_near(voxel, 0));
    }
    if (other || (ones && many)) return distinct_values(mask);
    for (float& voxel : mask.voxels) voxel = voxel > 0.5F ? 1.0F : 0.0F;
    return std::nullopt;
}

std::optional<std::string> unusable(const core::Volume& volume) {
    std::size_t not_finite = 0;
    for (const float voxel : volume.voxels) not_finite += std::isfinite(voxel) ? 0 : 1;
    if (not_finite > 0) {
        return std::to_string(not_finite) + " of its " + std::to_string(volume.voxels.size()) +
               " voxels are NaN or infinite";
    }
    if (volume.voxels.empty()) return "it has no voxels";
    const float first = volume.voxels.front();
    if (std::all_of(volume.voxels.begin(), volume.voxels.end(),
                    [first](float voxel) { return voxel == first; })) {
        return "all its voxels are " + core::python_repr(first);
    }
    return std::nullopt;
}

std::optional<std::string> implausible_spacing(const core::Volume& geometry) {
    constexpr double smallest = 0.005;
    constexpr double largest = 5;
    const auto all_fit = [&](double factor) {
        return std::ranges::all_of(geometry.spacing, [&](double spacing) {
            return spacing * factor >= smallest && spacing * factor <= largest;
        });
    };
    if (all_fit(1)) return std::nullopt;
    std::string text = core::concat("a spacing of ", spacing_text(geometry),
                                    " mm is no rodent's (0.005 to 5 mm are expected)");
    for (const double factor : {10.0, 1000.0}) {
        const bool too_large = all_fit(1 / factor);
        if (!too_large && !all_fit(factor)) continue;
        return core::concat(text, ", likely it is ", core::general(factor, 4), " times too ",
                            too_large ? "large" : "small",
                            factor > 10 ? " (its unit is not millimetres)" : "",
                            "; -hspace and -vspace need the true one");
    }
    return text + ", check pixdim; -hspace and -vspace need the true one";
}

std::optional<std::string> implausible_slice_axis(const core::Volume& geometry, SliceAxis axis) {
    // Voxels of 3-D acquisitions are often a little longer along another axis.
    constexpr double factor = 1.5;
    const auto thickest = std::ranges::max_element(geometry.spacing);
    const auto number = static_cast<std::size_t>(thickest - geometry.spacing.begin()) + 1;
    const double between_slices = geometry.spacing[slices_last(axis).axis[2]];
    if (*thickest <= factor * between_slices) return std::nullopt;
    return core::concat("voxels are longest along axis ", number,
                        ", but slices are cut along axis ", core::name_of(axis), " (--slice_axis ",
                        number, " if that holds for all scans, else store them in one order)");
}

std::size_t voxels_at_border(const core::Volume& mask) {
    const auto [width, height, depth] = mask.size;
    std::size_t count = 0;
    for (std::size_t z = 0; z < depth; ++z) {
        for (std::size_t y = 0; y < height; ++y) {
            const bool whole_row = y == 0 || y + 1 == height;
            const std::size_t step = whole_row || width == 1 ? 1 : width - 1;
            for (std::size_t x = 0; x < width; x += step) count += mask.at(x, y, z) != 0 ? 1 : 0;
        }
    }
    return count;
}

std::optional<std::string> implausible_mask(const core::Volume& mask) {
    const auto ones = static_cast<std::size_t>(std::ranges::count(mask.voxels, 1.0F));
    if (ones == 0) return "is empty (all voxels are 0), check that the mask was drawn";
    if (ones == mask.voxels.size()) {
        return "has no background (all voxels are 1), check that it is a mask";
    }
    const auto [width, height, depth] = mask.size;
    const auto inner = [](std::size_t side) { return side > 2 ? side - 2 : 0; };
    const std::size_t border = depth * (width * height - inner(width) * inner(height));
    if (2 * voxels_at_border(mask) <= border) return std::nullopt;
    return "looks inverted (most of the border of its slices is 1), check that 1 is the brain";
}

std::optional<std::string> size_difference(const core::Volume& volume, const core::Volume& mask) {
    if (volume.size == mask.size) return std::nullopt;
    return size_text(volume) + " against " + size_text(mask);
}

}  // namespace msunet::imaging

// SPDX-License-Identifier: Apache-2.0
#include "msunet/predict/shown_slices.hpp"

#include <algorithm>
#include <cmath>

#include "msunet/imaging/normalise.hpp"

namespace msunet::predict {
namespace {

/// First and last slice with a voxel that is not 0; all of them where there is none.
std::pair<std::size_t, std::size_t> extent(const core::Volume& mask) {
    std::size_t first = mask.size[2];
    std::size_t last = 0;
    for (std::size_t z = 0; z < mask.size[2]; ++z) {
        const auto slice = mask_slice(mask, z);
        if (std::ranges::find(slice, 1) == slice.end()) continue;
        first = std::min(first, z);
        last = z;
    }
    if (first == mask.size[2]) return {0, mask.size[2] - 1};
    return {first, last};
}

}  // namespace

std::vector<std::size_t> shown_slices(const core::Volume& mask, std::size_t count) {
    const auto [first, last] = extent(mask);
    const std::size_t available = last - first + 1;
    std::vector<std::size_t> slices;
    for (std::size_t i = 0; i < std::min(count, available); ++i) {
        // The middle of the i-th of `count` equal parts.
        slices.push_back(first + (2 * i + 1) * available / (2 * std::min(count, available)));
    }
    return slices;
}

std::vector<std::size_t> with_a_change(std::vector<std::size_t> slices,
                                       const core::Volume& changed) {
    const auto changes = [&](std::size_t z) {
        const auto slice = mask_slice(changed, z);
        return std::ranges::count(slice, 1);
    };
    if (std::ranges::any_of(slices, [&](std::size_t z) { return changes(z) > 0; })) return slices;
    std::size_t most = 0;
    for (std::size_t z = 1; z < changed.size[2]; ++z) {
        if (changes(z) > changes(most)) most = z;
    }
    if (changes(most) == 0) return slices;
    const auto distance = [most](std::size_t z) { return z > most ? z - most : most - z; };
    *std::ranges::min_element(slices, {}, distance) = most;
    return slices;
}

std::vector<std::uint8_t> gray_of(const core::Volume& scan) {
    const double low = imaging::percentile(scan.voxels, 1);
    const double range = imaging::percentile(scan.voxels, 99) - low;
    std::vector<std::uint8_t> gray;
    gray.reserve(scan.voxels.size());
    for (const float voxel : scan.voxels) {
        const double share = range > 0 ? (voxel - low) / range : 0;
        gray.push_back(static_cast<std::uint8_t>(std::lround(255 * std::clamp(share, 0.0, 1.0))));
    }
    return gray;
}

std::vector<std::uint8_t> mask_slice(const core::Volume& mask, std::size_t z) {
    const std::size_t area = mask.size[0] * mask.size[1];
    std::vector<std::uint8_t> slice(area);
    const auto begin = mask.voxels.begin() + static_cast<std::ptrdiff_t>(z * area);
    std::transform(begin, begin + static_cast<std::ptrdiff_t>(area), slice.begin(),
                   [](float voxel) { return static_cast<std::uint8_t>(voxel != 0 ? 1 : 0); });
    return slice;
}

}  // namespace msunet::predict

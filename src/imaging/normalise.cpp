// SPDX-License-Identifier: Apache-2.0
#include "msunet/imaging/normalise.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "msunet/imaging/resample.hpp"

namespace msunet::imaging {
namespace {

/// The k-th smallest and, where there is one, the next.
std::pair<float, float> neighbours(std::vector<float>& values, std::size_t k) {
    const auto nth = values.begin() + static_cast<std::ptrdiff_t>(k);
    std::nth_element(values.begin(), nth, values.end());
    if (nth + 1 == values.end()) return {*nth, *nth};
    return {*nth, *std::min_element(nth + 1, values.end())};
}

}  // namespace

double percentile(std::span<const float> values, double percent) {
    if (values.empty()) return 0;
    std::vector<float> sorted(values.begin(), values.end());
    const double place = percent / 100 * static_cast<double>(sorted.size() - 1);
    const double below = std::floor(place);
    const auto [low, high] = neighbours(sorted, static_cast<std::size_t>(below));
    // numpy's lerp in float32 values: from the nearer end.
    const double fraction = place - below;
    const double difference = static_cast<double>(high) - static_cast<double>(low);
    return fraction >= 0.5 ? high - difference * (1 - fraction) : low + difference * fraction;
}

double median(std::span<const float> values) {
    if (values.empty()) return 0;
    std::vector<float> sorted(values.begin(), values.end());
    const auto [low, high] = neighbours(sorted, (sorted.size() - 1) / 2);
    if (sorted.size() % 2 == 1) return low;
    return (static_cast<double>(low) + static_cast<double>(high)) / 2;
}

OutlierReport replace_outliers(std::span<float> voxels, OutlierValue value) {
    OutlierReport report;
    if (voxels.empty()) return report;
    const double mean =
        std::accumulate(voxels.begin(), voxels.end(), 0.0) / static_cast<double>(voxels.size());
    if (20 * mean < percentile(voxels, 99)) {
        report.skipped = true;
        return report;
    }
    const auto limit = static_cast<float>(20 * mean);
    if (std::none_of(voxels.begin(), voxels.end(), [=](float v) { return v > limit; })) {
        return report;
    }
    const auto replacement = value == OutlierValue::ten_means ? static_cast<float>(10 * mean)
                                                              : static_cast<float>(median(voxels));
    for (float& voxel : voxels) {
        if (voxel > limit) {
            voxel = replacement;
            ++report.replaced;
        }
    }
    return report;
}

void scale_to_unit(std::span<float> voxels) {
    if (voxels.empty()) return;
    const auto [least, most] = std::minmax_element(voxels.begin(), voxels.end());
    const float low = *least;
    const float range = *most - low;
    for (float& voxel : voxels) voxel = range > 0 ? (voxel - low) / range : 0.0F;
}

std::vector<std::uint8_t> threshold_mask(std::span<const float> mask) {
    std::vector<std::uint8_t> binary(mask.size());
    std::transform(mask.begin(), mask.end(), binary.begin(), [](float voxel) {
        return static_cast<std::uint8_t>(voxel > mask_threshold ? 1 : 0);
    });
    return binary;
}

SliceSelection select_slices(const core::Volume& volume, std::span<const std::uint8_t> mask,
                             EndSlices ends) {
    SliceSelection selection;
    const std::size_t area = volume.size[0] * volume.size[1];
    for (std::size_t z = 0; z < volume.size[2]; ++z) {
        const auto voxels = std::span(volume.voxels).subspan(z * area, area);
        const auto of_mask = mask.subspan(z * area, area);
        const bool has_mask = std::ranges::find(of_mask, std::uint8_t{1}) != of_mask.end();
        const bool at_end = z == 0 || z + 1 == volume.size[2];
        if (at_end && (ends == EndSlices::drop || (ends == EndSlices::automatic && !has_mask))) {
            selection.dropped.ends += has_mask ? 1 : 0;
        } else if (std::ranges::none_of(voxels, [](float v) { return v > slice_threshold; })) {
            selection.dropped.dark += has_mask ? 1 : 0;
        } else {
            selection.kept.push_back(z);
        }
    }
    return selection;
}

NormalisedVolume normalise_volume(const core::Volume& volume, const Grid& grid,
                                  OutlierValue value) {
    NormalisedVolume result;
    result.volume = resample(volume, grid);
    result.outliers = replace_outliers(result.volume.voxels, value);
    scale_to_unit(result.volume.voxels);
    return result;
}

NormalisedPair normalise_pair(const core::Volume& volume, const core::Volume& mask,
                              const Grid& grid, OutlierValue value, EndSlices ends) {
    NormalisedPair result;
    // The scan's geometry is used for the mask too.
    core::Volume placed = volume;
    placed.voxels = mask.voxels;
    result.mask = threshold_mask(resample(placed, grid).voxels);
    auto [normalised, outliers] = normalise_volume(volume, grid, value);
    result.volume = std::move(normalised);
    result.outliers = outliers;
    result.slices = select_slices(result.volume, result.mask, ends);
    return result;
}

}  // namespace msunet::imaging

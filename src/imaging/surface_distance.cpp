// SPDX-License-Identifier: Apache-2.0
#include "msunet/imaging/surface_distance.hpp"

#include <itkSignedMaurerDistanceMapImageFilter.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "itk_image.hpp"
#include "msunet/imaging/normalise.hpp"

namespace msunet::imaging {
namespace {

/// A box of voxels, the ends excluded.
struct Box {
    std::array<std::size_t, 3> first{};
    std::array<std::size_t, 3> end{};
};

void include(Box& box, const core::Volume& mask) {
    for (std::size_t z = 0; z < mask.size[2]; ++z) {
        for (std::size_t y = 0; y < mask.size[1]; ++y) {
            for (std::size_t x = 0; x < mask.size[0]; ++x) {
                if (mask.at(x, y, z) == 0) continue;
                const std::array<std::size_t, 3> at{x, y, z};
                for (std::size_t i = 0; i < 3; ++i) {
                    box.first[i] = std::min(box.first[i], at[i]);
                    box.end[i] = std::max(box.end[i], at[i] + 1);
                }
            }
        }
    }
}

/// The voxels of `mask` in `box` with a frame of zeros, one voxel wide.
core::Volume framed(const core::Volume& mask, const Box& box) {
    core::Volume part;
    part.spacing = mask.spacing;
    for (std::size_t i = 0; i < 3; ++i) part.size[i] = box.end[i] - box.first[i] + 2;
    part.voxels.assign(part.voxel_count(), 0.0F);
    for (std::size_t z = box.first[2]; z < box.end[2]; ++z) {
        for (std::size_t y = box.first[1]; y < box.end[1]; ++y) {
            for (std::size_t x = box.first[0]; x < box.end[0]; ++x) {
                part.at(x - box.first[0] + 1, y - box.first[1] + 1, z - box.first[2] + 1) =
                    mask.at(x, y, z);
            }
        }
    }
    return part;
}

/// Indices of the surface voxels of a framed mask.
std::vector<std::size_t> surface_of(const core::Volume& mask, bool one_slice) {
    const std::array<std::size_t, 3> step{1, mask.size[0], mask.size[0] * mask.size[1]};
    const std::size_t axes = one_slice ? 2 : 3;
    std::vector<std::size_t> surface;
    for (std::size_t i = 0; i < mask.voxels.size(); ++i) {
        if (mask.voxels[i] == 0) continue;
        for (std::size_t axis = 0; axis < axes; ++axis) {
            if (mask.voxels[i - step[axis]] != 0 && mask.voxels[i + step[axis]] != 0) continue;
            surface.push_back(i);
            break;
        }
    }
    return surface;
}

/// Distances of the voxels `from` to the nearest one of `to`, which are on the grid of `frame`.
std::vector<float> distances_to(const std::vector<std::size_t>& to,
                                const std::vector<std::size_t>& from, core::Volume frame) {
    if (to.empty()) return std::vector(from.size(), std::numeric_limits<float>::infinity());
    std::ranges::fill(frame.voxels, 0.0F);
    for (const std::size_t i : to) frame.voxels[i] = 1;
    auto filter = itk::SignedMaurerDistanceMapImageFilter<FloatImage, FloatImage>::New();
    filter->SetInput(view_of(frame));
    filter->UseImageSpacingOn();
    filter->SquaredDistanceOff();
    filter->Update();
    const float* distances = filter->GetOutput()->GetBufferPointer();
    std::vector<float> found;
    found.reserve(from.size());
    // Within `to` the filter leaves rounding errors and negative zeros.
    for (const std::size_t i : from) {
        found.push_back(frame.voxels[i] != 0 ? 0.0F : std::abs(distances[i]));
    }
    return found;
}

}  // namespace

SurfaceDistances surface_distances(const core::Volume& reference, const core::Volume& mask) {
    Box box{.first = mask.size};
    include(box, reference);
    include(box, mask);
    if (box.end[0] == 0) return {};
    const core::Volume truth = framed(reference, box);
    const core::Volume prediction = framed(mask, box);
    const bool one_slice = mask.size[2] == 1;
    const auto of_truth = surface_of(truth, one_slice);
    const auto of_prediction = surface_of(prediction, one_slice);
    return {.from_reference = distances_to(of_prediction, of_truth, truth),
            .from_mask = distances_to(of_truth, of_prediction, truth)};
}

std::optional<double> hausdorff95(const SurfaceDistances& distances) {
    if (distances.from_reference.empty() != distances.from_mask.empty()) return std::nullopt;
    return std::max(percentile(distances.from_reference, 95), percentile(distances.from_mask, 95));
}

double surface_dice(const SurfaceDistances& distances, double tolerance) {
    const std::size_t voxels = distances.from_reference.size() + distances.from_mask.size();
    if (voxels == 0) return 1;
    // Distances are rounded: a voxel exactly at the tolerance is within it.
    const auto limit = static_cast<float>(tolerance * (1 + 1e-5));
    std::ptrdiff_t within = 0;
    for (const auto* from : {&distances.from_reference, &distances.from_mask}) {
        within += std::ranges::count_if(*from, [=](float distance) { return distance <= limit; });
    }
    return static_cast<double>(within) / static_cast<double>(voxels);
}

}  // namespace msunet::imaging

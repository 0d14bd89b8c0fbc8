// SPDX-License-Identifier: Apache-2.0
#include "msunet/imaging/clean.hpp"

#include <itkBinaryFillholeImageFilter.h>

#include <algorithm>
#include <utility>

#include "itk_image.hpp"
#include "msunet/imaging/components.hpp"

namespace msunet::imaging {
namespace {

core::Volume filled(const core::Volume& mask) {
    auto filter = itk::BinaryFillholeImageFilter<FloatImage>::New();
    filter->SetInput(view_of(mask));
    filter->SetForegroundValue(1);
    filter->FullyConnectedOff();
    filter->Update();
    return volume_of(*filter->GetOutput());
}

core::Volume without_holes(const core::Volume& mask) {
    if (mask.size[2] > 1) return filled(mask);
    // In 3-D all of a single slice lies on the border: it is filled between two full ones.
    core::Volume stack = mask;
    stack.size[2] = 3;
    stack.voxels.assign(stack.voxel_count(), 1.0F);
    const auto area = static_cast<std::ptrdiff_t>(mask.voxels.size());
    std::ranges::copy(mask.voxels, stack.voxels.begin() + area);
    const core::Volume closed = filled(stack);
    core::Volume result = mask;
    std::copy_n(closed.voxels.begin() + area, area, result.voxels.begin());
    return result;
}

}  // namespace

Cleaning keep_largest_without_holes(core::Volume& mask) {
    Cleaning cleaning{.changed = mask};
    const Components components = components_of(mask);
    core::Volume largest = mask;
    for (std::size_t i = 0; i < largest.voxels.size(); ++i) {
        const bool kept = components.count > 0 && components.labels[i] == components.largest_label;
        largest.voxels[i] = kept ? 1.0F : 0.0F;
    }
    if (components.count > 0) {
        cleaning.pieces = components.count - 1;
        largest = without_holes(largest);
    }
    for (std::size_t i = 0; i < mask.voxels.size(); ++i) {
        const bool was = mask.voxels[i] != 0;
        const bool is = largest.voxels[i] != 0;
        cleaning.removed += was && !is ? 1 : 0;
        cleaning.filled += is && !was ? 1 : 0;
        cleaning.changed.voxels[i] = was == is ? 0.0F : 1.0F;
    }
    mask = std::move(largest);
    return cleaning;
}

}  // namespace msunet::imaging

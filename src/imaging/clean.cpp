// SPDX-License-Identifier: Apache-2.0
#include "msunet/imaging/clean.hpp"

#include <itkBinaryFillholeImageFilter.h>

#include "itk_image.hpp"
#include "msunet/imaging/components.hpp"

namespace msunet::imaging {
namespace {

core::Volume without_holes(const core::Volume& mask) {
    auto filter = itk::BinaryFillholeImageFilter<FloatImage>::New();
    filter->SetInput(view_of(mask));
    filter->SetForegroundValue(1);
    filter->FullyConnectedOff();
    filter->Update();
    return volume_of(*filter->GetOutput());
}

}  // namespace

CleanedMask largest_without_holes(const core::Volume& mask) {
    const Components components = components_of(mask);
    if (components.count == 0) return {.mask = mask};
    core::Volume largest = mask;
    for (std::size_t i = 0; i < largest.voxels.size(); ++i) {
        largest.voxels[i] = components.labels[i] == components.largest_label ? 1.0F : 0.0F;
    }
    CleanedMask cleaned{.mask = without_holes(largest), .pieces = components.count - 1};
    for (std::size_t i = 0; i < mask.voxels.size(); ++i) {
        const bool was = mask.voxels[i] != 0;
        const bool is = cleaned.mask.voxels[i] != 0;
        cleaned.removed += was && !is ? 1 : 0;
        cleaned.filled += is && !was ? 1 : 0;
    }
    return cleaned;
}

}  // namespace msunet::imaging

// SPDX-License-Identifier: Apache-2.0
/// \file
/// core::Volume as ITK image and back.
#pragma once

#include <itkImage.h>

#include "msunet/core/volume.hpp"

namespace msunet::imaging {

using FloatImage = itk::Image<float, 3>;

/// An image on the voxels of `volume`, which must outlive it. ITK does not write to it.
inline FloatImage::Pointer view_of(const core::Volume& volume) {
    auto image = FloatImage::New();
    FloatImage::SizeType size;
    FloatImage::SpacingType spacing;
    FloatImage::PointType origin;
    FloatImage::DirectionType direction;
    for (unsigned i = 0; i < 3; ++i) {
        size[i] = volume.size[i];
        spacing[i] = volume.spacing[i];
        origin[i] = volume.origin[i];
        for (unsigned j = 0; j < 3; ++j) direction(i, j) = volume.direction[3 * i + j];
    }
    image->SetRegions(size);
    image->SetSpacing(spacing);
    image->SetOrigin(origin);
    image->SetDirection(direction);
    auto container = FloatImage::PixelContainer::New();
    container->SetImportPointer(const_cast<float*>(volume.voxels.data()), volume.voxels.size());
    image->SetPixelContainer(container);
    return image;
}

/// A copy of `image`, with its geometry.
inline core::Volume volume_of(const FloatImage& image) {
    core::Volume volume;
    const auto size = image.GetLargestPossibleRegion().GetSize();
    for (unsigned i = 0; i < 3; ++i) {
        volume.size[i] = size[i];
        volume.spacing[i] = image.GetSpacing()[i];
        volume.origin[i] = image.GetOrigin()[i];
        for (unsigned j = 0; j < 3; ++j) volume.direction[3 * i + j] = image.GetDirection()(i, j);
    }
    const float* begin = image.GetBufferPointer();
    volume.voxels.assign(begin, begin + size[0] * size[1] * size[2]);
    return volume;
}

}  // namespace msunet::imaging

// SPDX-License-Identifier: Apache-2.0
#include "msunet/imaging/resample.hpp"

#include <itkLinearInterpolateImageFunction.h>
#include <itkMultiThreaderBase.h>
#include <itkNearestNeighborExtrapolateImageFunction.h>
#include <itkResampleImageFilter.h>

#include <algorithm>

#include "itk_image.hpp"

namespace msunet::imaging {
namespace {

/// What a voxel beyond the volume's edge gets.
enum class Outside { zero, nearest };

core::Volume resample_onto(const core::Volume& volume, const Grid& grid,
                           const std::array<double, 9>& direction, Outside outside) {
    using Filter = itk::ResampleImageFilter<FloatImage, FloatImage, double>;
    using Interpolator = itk::LinearInterpolateImageFunction<FloatImage, double>;
    const auto input = view_of(volume);
    auto filter = Filter::New();
    filter->SetInput(input);
    filter->SetInterpolator(Interpolator::New());
    filter->SetDefaultPixelValue(0);
    if (outside == Outside::nearest) {
        filter->SetExtrapolator(
            itk::NearestNeighborExtrapolateImageFunction<FloatImage, double>::New());
    }
    Filter::SizeType size;
    Filter::SpacingType spacing;
    Filter::OriginPointType origin;
    Filter::DirectionType axes;
    for (unsigned i = 0; i < 3; ++i) {
        size[i] = grid.size[i];
        spacing[i] = grid.spacing[i];
        origin[i] = grid.origin[i];
        for (unsigned j = 0; j < 3; ++j) axes(i, j) = direction[3 * i + j];
    }
    filter->SetSize(size);
    filter->SetOutputSpacing(spacing);
    filter->SetOutputOrigin(origin);
    filter->SetOutputDirection(axes);
    filter->Update();
    return volume_of(*filter->GetOutput());
}

}  // namespace

void set_threads(int threads) {
    const auto bounded = static_cast<itk::ThreadIdType>(std::max(threads, 1));
    itk::MultiThreaderBase::SetGlobalMaximumNumberOfThreads(bounded);
    itk::MultiThreaderBase::SetGlobalDefaultNumberOfThreads(bounded);
}

core::Volume resample(const core::Volume& volume, const Grid& grid) {
    return resample_onto(volume, grid, volume.direction, Outside::zero);
}

core::Volume resample_like(const core::Volume& volume, const core::Volume& like) {
    return resample_onto(volume, grid_of(like), like.direction, Outside::nearest);
}

}  // namespace msunet::imaging

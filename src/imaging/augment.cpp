// SPDX-License-Identifier: Apache-2.0
#include "msunet/imaging/augment.hpp"

#include <itkAffineTransform.h>
#include <itkEuler3DTransform.h>
#include <itkLinearInterpolateImageFunction.h>
#include <itkResampleImageFilter.h>

#include "itk_image.hpp"
#include "msunet/core/random.hpp"
#include "msunet/imaging/normalise.hpp"

namespace msunet::imaging {
namespace {

/// `volume` with origin 0 and identity direction, on the same voxels.
FloatImage::Pointer plain_view_of(const core::Volume& volume) {
    auto image = view_of(volume);
    FloatImage::PointType origin;
    origin.Fill(0);
    image->SetOrigin(origin);
    FloatImage::DirectionType direction;
    direction.SetIdentity();
    image->SetDirection(direction);
    return image;
}

/// Centre of the volume in mm where the origin is 0: half-way between first and last voxel.
template <class Transform>
typename Transform::InputPointType centre_of(const core::Volume& volume) {
    typename Transform::InputPointType centre;
    for (unsigned i = 0; i < 3; ++i) {
        centre[i] = (static_cast<double>(volume.size[i]) - 1) / 2 * volume.spacing[i];
    }
    return centre;
}

core::Volume moved(const core::Volume& volume, const itk::Transform<double, 3, 3>& transform) {
    using Filter = itk::ResampleImageFilter<FloatImage, FloatImage, double>;
    const auto input = plain_view_of(volume);
    auto filter = Filter::New();
    filter->SetInput(input);
    filter->SetTransform(&transform);
    filter->SetInterpolator(itk::LinearInterpolateImageFunction<FloatImage, double>::New());
    filter->SetDefaultPixelValue(0);
    filter->SetReferenceImage(input);
    filter->UseReferenceImageOn();
    filter->Update();
    core::Volume result = volume_of(*filter->GetOutput());
    result.origin = volume.origin;
    result.direction = volume.direction;
    return result;
}

void make_binary_again(core::Volume& mask) {
    for (float& voxel : mask.voxels) voxel = voxel > mask_threshold ? 1.0F : 0.0F;
}

}  // namespace

core::Volume rotate(const core::Volume& volume, const Rotation& rotation) {
    using Transform = itk::Euler3DTransform<double>;
    auto transform = Transform::New();
    transform->SetCenter(centre_of<Transform>(volume));
    transform->SetRotation(rotation.angles[0], rotation.angles[1], rotation.angles[2]);
    Transform::OutputVectorType translation;
    for (unsigned i = 0; i < 3; ++i) translation[i] = rotation.translation[i];
    transform->SetTranslation(translation);
    return moved(volume, *transform);
}

core::Volume transform(const core::Volume& volume, const Affine& affine) {
    using Transform = itk::AffineTransform<double, 3>;
    auto transform = Transform::New();
    transform->SetCenter(centre_of<Transform>(volume));
    Transform::OutputVectorType scale;
    for (unsigned i = 0; i < 3; ++i) scale[i] = affine.scale[i];
    transform->Scale(scale);
    transform->Shear(static_cast<int>(affine.shear_axis), static_cast<int>(affine.shear_along),
                     affine.shear);
    return moved(volume, *transform);
}

void add_noise(core::Volume& volume, const Noise& noise) {
    const double sigma = noise.relative_sigma * percentile(volume.voxels, 99);
    core::RandomStream random(noise.seed);
    for (float& voxel : volume.voxels) {
        voxel = static_cast<float>(voxel + sigma * random.normal());
    }
}

void apply(const AugmentedCopy& copy, core::Volume& volume, core::Volume& mask) {
    if (copy.rotation) {
        volume = rotate(volume, *copy.rotation);
        mask = rotate(mask, *copy.rotation);
        make_binary_again(mask);
    }
    if (copy.affine) {
        volume = transform(volume, *copy.affine);
        mask = transform(mask, *copy.affine);
        make_binary_again(mask);
    }
    if (copy.noise) add_noise(volume, *copy.noise);
    if (copy.contrast) volume = equalise(volume, *copy.contrast);
}

}  // namespace msunet::imaging

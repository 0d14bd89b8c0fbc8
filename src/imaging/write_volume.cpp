// SPDX-License-Identifier: Apache-2.0
#include "msunet/imaging/write_volume.hpp"

#include <itkImageFileWriter.h>
#include <itkNiftiImageIO.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <system_error>

#include "msunet/core/error.hpp"
#include "msunet/core/file.hpp"
#include "msunet/core/text.hpp"

namespace msunet::imaging {
namespace {

[[noreturn]] void fail_to_write(const std::filesystem::path& file, const std::string& reason) {
    throw core::Error(core::ExitCode::failure,
                      core::quoted(file.string()) + ": cannot be written (" + reason +
                          "), check the folder's rights and its free space");
}

/// The description in an ITK exception, on one line.
std::string reason_of(const itk::ExceptionObject& error) {
    std::string text = error.GetDescription();
    std::replace(text.begin(), text.end(), '\n', ' ');
    while (!text.empty() && text.back() == ' ') text.pop_back();
    return text;
}

/// A pixel of the type that is stored.
template <class T>
T stored(float value) {
    if constexpr (std::is_floating_point_v<T>) {
        return value;
    } else {
        const float low = std::numeric_limits<T>::lowest();
        const float high = std::numeric_limits<T>::max();
        return static_cast<T>(std::lround(std::clamp(std::isnan(value) ? 0 : value, low, high)));
    }
}

template <class T, unsigned Dimension>
void write_as(const std::filesystem::path& file, const std::vector<core::Volume>& frames) {
    using Image = itk::Image<T, Dimension>;
    const core::Volume& first = frames.front();
    auto image = Image::New();
    typename Image::SizeType size;
    auto spacing = image->GetSpacing();
    auto origin = image->GetOrigin();
    auto direction = image->GetDirection();
    for (unsigned i = 0; i < 3; ++i) {
        size[i] = first.size[i];
        spacing[i] = first.spacing[i];
        origin[i] = first.origin[i];
        for (unsigned j = 0; j < 3; ++j) direction(i, j) = first.direction[3 * i + j];
    }
    if constexpr (Dimension == 4) size[3] = frames.size();
    image->SetRegions(size);
    image->SetSpacing(spacing);
    image->SetOrigin(origin);
    image->SetDirection(direction);
    image->Allocate();
    T* out = image->GetBufferPointer();
    for (const core::Volume& frame : frames) {
        out = std::transform(frame.voxels.begin(), frame.voxels.end(), out, stored<T>);
    }

    // The temporary name keeps the extension: ITK chooses the format by it.
    const bool compressed = file.extension() == ".gz";
    const std::filesystem::path temporary =
        file.parent_path() / ("." + file.stem().string() + "." + core::unique_suffix() +
                              (compressed ? ".nii.gz" : ".nii"));
    auto writer = itk::ImageFileWriter<Image>::New();
    writer->SetImageIO(itk::NiftiImageIO::New());
    writer->SetFileName(temporary.string());
    writer->SetUseCompression(compressed);
    writer->SetInput(image);
    std::error_code error;
    try {
        writer->Update();
        core::sync_path(temporary);
        std::filesystem::rename(temporary, file);
    } catch (const itk::ExceptionObject& exception) {
        std::filesystem::remove(temporary, error);
        fail_to_write(file, reason_of(exception));
    } catch (const std::filesystem::filesystem_error& exception) {
        std::filesystem::remove(temporary, error);
        fail_to_write(file, exception.code().message());
    }
}

template <unsigned Dimension>
void write_any(const std::filesystem::path& file, const std::vector<core::Volume>& frames,
               StoredAs type) {
    switch (type) {
        case StoredAs::float32:
            return write_as<float, Dimension>(file, frames);
        case StoredAs::uint8:
            return write_as<std::uint8_t, Dimension>(file, frames);
        case StoredAs::int16:
            return write_as<std::int16_t, Dimension>(file, frames);
    }
}

}  // namespace

void write_volume(const std::filesystem::path& file, const core::Volume& volume, StoredAs type) {
    write_any<3>(file, {volume}, type);
}

void write_frames(const std::filesystem::path& file, const std::vector<core::Volume>& frames,
                  StoredAs type) {
    if (frames.size() == 1) return write_any<3>(file, frames, type);
    write_any<4>(file, frames, type);
}

}  // namespace msunet::imaging

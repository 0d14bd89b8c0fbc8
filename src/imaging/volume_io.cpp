// SPDX-License-Identifier: Apache-2.0
#include "msunet/imaging/volume_io.hpp"

#include <itkImageFileReader.h>
#include <itkImageFileWriter.h>
#include <itkNiftiImageIO.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <system_error>

#include "itk_image.hpp"
#include "msunet/core/error.hpp"
#include "msunet/core/file.hpp"
#include "msunet/core/text.hpp"
#include "msunet/imaging/check.hpp"

namespace msunet::imaging {
namespace {

using Frames = itk::Image<float, 4>;

[[noreturn]] void fail(const std::filesystem::path& file, const std::string& reason,
                       const std::string& advice) {
    throw core::InputError(core::quoted(file.string()) + ": " + reason + ", " + advice);
}

[[noreturn]] void fail_to_write(const std::filesystem::path& file, const std::string& reason) {
    throw core::Error(core::ExitCode::failure,
                      core::quoted(file.string()) + ": cannot be written (" + reason +
                          "), check the folder's rights and its free space");
}

/// The one line of an ITK exception that says something.
std::string reason_of(const itk::ExceptionObject& error) {
    std::string text = error.GetDescription();
    std::replace(text.begin(), text.end(), '\n', ' ');
    while (!text.empty() && text.back() == ' ') text.pop_back();
    return text;
}

itk::NiftiImageIO::Pointer open(const std::filesystem::path& file) {
    if (std::error_code ignored; !std::filesystem::is_regular_file(file, ignored)) {
        fail(file, "cannot be read (no such file)", "check the name");
    }
    auto io = itk::NiftiImageIO::New();
    io->SetFileName(file.string());
    try {
        io->ReadImageInformation();
    } catch (const itk::ExceptionObject& error) {
        fail(file, "cannot be read as NIfTI (" + reason_of(error) + ")", "write it anew");
    }
    if (io->GetNumberOfComponents() != 1) {
        fail(file,
             "has " + std::to_string(io->GetNumberOfComponents()) + " values a voxel (one needed)",
             "write it with scalar voxels");
    }
    const unsigned dimensions = io->GetNumberOfDimensions();
    std::size_t beyond = 1;
    for (unsigned i = 4; i < dimensions; ++i) beyond *= io->GetDimensions(i);
    if (dimensions < 3 || beyond > 1) {
        fail(file, "has " + std::to_string(dimensions) + " dimensions (3 or 4 needed)",
             "write it as a 3-D or 4-D volume");
    }
    return io;
}

LoadedVolume header_of(const itk::NiftiImageIO& io) {
    LoadedVolume loaded;
    for (unsigned i = 0; i < 3; ++i) {
        loaded.volume.size[i] = io.GetDimensions(i);
        loaded.volume.spacing[i] = io.GetSpacing(i);
        loaded.volume.origin[i] = io.GetOrigin(i);
        // ITK's readers take the columns of the matrix, each one axis.
        for (unsigned j = 0; j < 3; ++j) {
            loaded.volume.direction[3 * j + i] = io.GetDirection(i)[j];
        }
    }
    loaded.frames =
        io.GetNumberOfDimensions() > 3 ? static_cast<std::int64_t>(io.GetDimensions(3)) : 1;
    loaded.component = itk::ImageIOBase::GetComponentTypeAsString(io.GetComponentType());
    return loaded;
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

    // A temporary name of its own with the extension, by which ITK knows what to write.
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

LoadedVolume read_header(const std::filesystem::path& file) { return header_of(*open(file)); }

LoadedVolume read_volume(const std::filesystem::path& file, std::int64_t frame) {
    const auto io = open(file);
    LoadedVolume loaded = header_of(*io);
    loaded.frame = std::clamp<std::int64_t>(frame, 0, loaded.frames - 1);
    loaded.frame_was_missing = loaded.frames > 1 && frame >= loaded.frames;
    auto reader = itk::ImageFileReader<Frames>::New();
    reader->SetImageIO(io);
    reader->SetFileName(file.string());
    try {
        reader->Update();
    } catch (const itk::ExceptionObject& error) {
        fail(file, "cannot be read (" + reason_of(error) + ")", "write it anew");
    }
    const std::size_t count = loaded.volume.voxel_count();
    const float* begin =
        reader->GetOutput()->GetBufferPointer() + static_cast<std::size_t>(loaded.frame) * count;
    loaded.volume.voxels.assign(begin, begin + count);
    return loaded;
}

LoadedVolume read_mask(const std::filesystem::path& file, std::int64_t frame) {
    LoadedVolume loaded = read_volume(file, frame);
    if (const auto values = make_binary(loaded.volume)) {
        fail(file, "the mask holds " + *values + " (0 and 1, or 0 and 255 needed)",
             "make it binary");
    }
    return loaded;
}

void write_volume(const std::filesystem::path& file, const core::Volume& volume, StoredAs type) {
    write_any<3>(file, {volume}, type);
}

void write_frames(const std::filesystem::path& file, const std::vector<core::Volume>& frames,
                  StoredAs type) {
    if (frames.size() == 1) return write_any<3>(file, frames, type);
    write_any<4>(file, frames, type);
}

}  // namespace msunet::imaging

// SPDX-License-Identifier: Apache-2.0
#include "msunet/io/nifti_writer.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <type_traits>
#include <utility>

#include "nifti_layout.hpp"
#include "packed_file.hpp"

namespace msunet::io {

namespace {

constexpr std::size_t piece_voxels = std::size_t{1} << 18U;

/// A type of the standard.
struct Type {
    int code;
    int bits;
};

Type type_of(StoredAs type) {
    switch (type) {
        case StoredAs::float32:
            return {16, 32};
        case StoredAs::uint8:
            return {2, 8};
        case StoredAs::int16:
            return {4, 16};
    }
    return {};
}

/// Makes the header that of `frames` frames of `type`, unscaled, with no range to show.
void adapt(std::string& head, const NiftiForm& form, std::size_t frames, StoredAs type) {
    const NiftiLayout& layout = form.layout;
    NiftiFields fields(head, form.swapped);
    fields.put(layout.dim, frames > 1 ? 4 : 3);
    fields.put(layout.dim, static_cast<double>(frames), 4);
    for (std::size_t d = 5; d <= 7; ++d) fields.put(layout.dim, 1, d);
    fields.put(layout.datatype, type_of(type).code);
    fields.put(layout.bitpix, type_of(type).bits);
    fields.put(layout.scl_slope, 1);
    for (const NiftiField field : {layout.scl_inter, layout.cal_max, layout.cal_min}) {
        fields.put(field, 0);
    }
}

/// A voxel as a number of the type that is stored.
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

template <class T>
void encode(std::span<const float> voxels, bool swapped, std::vector<std::byte>& numbers) {
    numbers.resize(voxels.size() * sizeof(T));
    auto at = numbers.begin();
    for (const float voxel : voxels) {
        auto raw = std::bit_cast<std::array<std::byte, sizeof(T)>>(stored<T>(voxel));
        if (swapped) std::ranges::reverse(raw);
        at = std::ranges::copy(raw, at).out;
    }
}

}  // namespace

struct NiftiWriter::Impl {
    Impl(const std::filesystem::path& path, StoredAs stored_as) : file(path), type(stored_as) {}

    void encode_piece(std::span<const float> voxels) {
        switch (type) {
            case StoredAs::float32:
                return encode<float>(voxels, swapped, numbers);
            case StoredAs::uint8:
                return encode<std::uint8_t>(voxels, swapped, numbers);
            case StoredAs::int16:
                return encode<std::int16_t>(voxels, swapped, numbers);
        }
    }

    PackedFile file;
    StoredAs type;
    bool swapped = false;
    std::vector<std::byte> numbers{};  ///< of a piece
};

NiftiWriter::NiftiWriter(const std::filesystem::path& file, std::string head, std::size_t frames,
                         StoredAs type)
    : impl_(std::make_unique<Impl>(file, type)) {
    const NiftiForm form = nifti_form(head).value();
    adapt(head, form, frames, type);
    impl_->swapped = form.swapped;
    impl_->file.write(std::as_bytes(std::span(head)));
}

NiftiWriter::~NiftiWriter() = default;

void NiftiWriter::add(std::span<const float> voxels) {
    while (!voxels.empty()) {
        const auto piece = voxels.first(std::min(piece_voxels, voxels.size()));
        impl_->encode_piece(piece);
        impl_->file.write(impl_->numbers);
        voxels = voxels.subspan(piece.size());
    }
}

void NiftiWriter::commit() { impl_->file.commit(); }

void write_on_scan(const std::filesystem::path& file, const std::string& head,
                   const core::Volume& volume, StoredAs type) {
    NiftiWriter writer(file, head, 1, type);
    writer.add(volume.voxels);
    writer.commit();
}

void write_volume(const std::filesystem::path& file, const core::Volume& volume, StoredAs type) {
    write_on_scan(file, nifti_head(volume), volume, type);
}

void write_frames(const std::filesystem::path& file, const std::vector<core::Volume>& frames,
                  StoredAs type) {
    NiftiWriter writer(file, nifti_head(frames.front()), frames.size(), type);
    for (const core::Volume& frame : frames) writer.add(frame.voxels);
    writer.commit();
}

}  // namespace msunet::io

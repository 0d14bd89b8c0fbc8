// SPDX-License-Identifier: Apache-2.0
/// \file
/// The one reader of scans. A file is opened once, and one pass over its bytes gives voxels, the
/// check for NaN, the check for damage and the content hash.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "msunet/core/volume.hpp"
#include "msunet/io/nifti_header.hpp"

namespace msunet::io {

/// How much of a file is read.
enum class Extent : std::uint8_t {
    whole,  ///< all bytes, for the content hash
    frame   ///< what the frame needs; all of a .nii.gz file, for its checksum
};

/// One frame of a scan, as float32.
struct NiftiFrame {
    core::Volume volume;           ///< with its place in space
    std::uint64_t not_finite = 0;  ///< numbers in the file that are NaN or infinite
    std::string hash{};            ///< of the file's bytes as core::hash_file; Extent::whole only
    /// The bytes before the voxels, header and extensions, as they stand in the (unpacked) file.
    std::string head{};
    std::size_t frames = 1;  ///< of the file
};

/// An open scan (.nii, .nii.gz) whose header passed the check.
class NiftiFile {
public:
    /// Opens `path` and reads the header; a .nii file must be as long as its header says.
    /// Throws core::InputError with one problem that names the file, what is wrong and what to do.
    explicit NiftiFile(std::filesystem::path path);
    ~NiftiFile();
    NiftiFile(NiftiFile&&) noexcept;
    NiftiFile& operator=(NiftiFile&&) noexcept;

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }
    [[nodiscard]] const NiftiHeader& header() const { return header_; }
    /// Relative cost of preprocessing, to deal out files: bytes to read and voxels to resample.
    [[nodiscard]] double cost() const;

    /// Reads frame number `frame` (from 0) or, where there are fewer, the last. Memory: that frame
    /// and pieces of at most 1 MiB, however many frames there are. Values are those of ITK's reader
    /// to the bit; numbers that are not finite stay as they are. Can be called once.
    /// Throws core::InputError where the file is cut off or damaged.
    [[nodiscard]] NiftiFrame read(std::int64_t frame, Extent extent) &&;

    /// Reads all frames in their order and passes each to `use`. Memory and errors as `read`. Can
    /// be called once, instead of `read`.
    void each_frame(const std::function<void(const core::Volume&)>& use) &&;

private:
    class Bytes;
    class FrameReader;

    std::filesystem::path path_;
    std::unique_ptr<Bytes> bytes_;
    std::string head_;  ///< the header's bytes
    NiftiHeader header_;
};

}  // namespace msunet::io

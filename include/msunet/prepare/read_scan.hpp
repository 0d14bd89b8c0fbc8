// SPDX-License-Identifier: Apache-2.0
/// \file
/// Scans and masks, each by itself, with their slices along z whatever their order in the file.
/// Functions report what is wrong and continue, so that all bad
/// files are listed at once. Each opens its file once and reads it once.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "msunet/codec/fields.hpp"
#include "msunet/core/problem.hpp"
#include "msunet/core/volume.hpp"
#include "msunet/imaging/grid.hpp"
#include "msunet/imaging/options.hpp"
#include "msunet/io/nifti_file.hpp"
#include "msunet/io/nifti_writer.hpp"

namespace msunet::prepare {

/// What is unusual about a file's header, without its name: many files may have it in common.
struct Remark {
    std::string about;
    std::string file;
};

template <class Archive, codec::Is<Remark> T>
void fields(Archive& archive, T& remark) {
    archive("about", remark.about);
    archive("file", remark.file);
}

/// What was found about files.
struct Findings {
    std::vector<core::Problem> problems;  ///< end the run
    std::vector<std::string> warnings;    ///< one line each: file, what is wrong, what to do
    std::vector<Remark> remarks{};        ///< warnings, once for all files that share them
};

/// One line for all remarks with the same text: "the text: 'a.nii', 'b.nii' and 7 more", in the
/// order of their first files.
[[nodiscard]] std::vector<std::string> joined(const std::vector<Remark>& remarks);

/// One problem for all that an option makes of files (`option` and `path`, `why` the file) and that
/// differ in the file alone: `why` is "in 5 scans: 'a.nii', 'b.nii', 'c.nii' and 2 more". Others
/// stay as they are.
[[nodiscard]] std::vector<core::Problem> joined(const std::vector<core::Problem>& problems);

/// Opens a scan and checks its header; nothing, with a problem, if it can't be used.
[[nodiscard]] std::optional<io::NiftiFile> open_scan(const std::filesystem::path& file,
                                                     Findings& findings);

/// Warnings about a scan's header: frames, but not the one that is asked for; fields that are odd;
/// a spacing that no rodent's scan has, or that is largest along another axis than the slices'.
void note_header(const io::NiftiFile& file, const imaging::PreprocessOptions& options,
                 Findings& findings);

/// The geometry of `file`, slices along z, without voxels.
[[nodiscard]] core::Volume geometry_of(const io::NiftiFile& file,
                                       const imaging::PreprocessOptions& options);

/// The grid of `file` after resampling; nothing, with a problem, if its size makes no sense.
[[nodiscard]] std::optional<imaging::Grid> resampled_grid(const io::NiftiFile& file,
                                                          const imaging::PreprocessOptions& options,
                                                          Findings& findings);

/// Reads a volume and checks that its voxels are finite and not constant; nothing, with a problem,
/// if they can't be used.
[[nodiscard]] std::optional<io::NiftiFrame> read_volume(io::NiftiFile file,
                                                        const imaging::PreprocessOptions& options,
                                                        io::Extent extent, Findings& findings);

/// What the problem of a file says that is read as a mask and is something else.
inline constexpr const char* no_mask = "is no mask";

/// Reads a mask of {0,1} or {0,255} as {0,1}; nothing, with a problem, if it is something else. One
/// that is empty, has no background or looks inverted is a warning.
[[nodiscard]] std::optional<io::NiftiFrame> read_mask(io::NiftiFile file,
                                                      const imaging::PreprocessOptions& options,
                                                      io::Extent extent, Findings& findings);

/// One scan without a mask, for prediction: header, frame, voxels and the size after resampling
/// checked; nothing, with problems, if it can't be used.
[[nodiscard]] std::optional<io::NiftiFrame> read_scan(const std::filesystem::path& file,
                                                      const imaging::PreprocessOptions& options,
                                                      Findings& findings);

/// A mask by its file's name, otherwise as above.
[[nodiscard]] std::optional<core::Volume> read_mask(const std::filesystem::path& file,
                                                    const imaging::PreprocessOptions& options,
                                                    Findings& findings);

/// Writes a volume whose slices lie along z below the head of the scan on whose grid it lies, in
/// the scan's own order of voxels.
void write_on_scan(const std::filesystem::path& file, const std::string& head,
                   const core::Volume& volume, const imaging::PreprocessOptions& options,
                   io::StoredAs type = io::StoredAs::float32);

}  // namespace msunet::prepare

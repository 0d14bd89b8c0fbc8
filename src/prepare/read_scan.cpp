// SPDX-License-Identifier: Apache-2.0
#include "msunet/prepare/read_scan.hpp"

#include <algorithm>
#include <exception>
#include <iterator>
#include <utility>

#include "msunet/core/counted.hpp"
#include "msunet/core/error.hpp"
#include "msunet/core/text.hpp"
#include "msunet/imaging/axes.hpp"
#include "msunet/imaging/check.hpp"

namespace msunet::prepare {

namespace fs = std::filesystem;

namespace {

std::string quoted_path(const fs::path& file) { return core::quoted(file.string()); }

/// What `read` gives, or nothing and its failure among the problems.
template <class Read>
auto attempt(const fs::path& file, Findings& findings, Read&& read)
    -> std::optional<decltype(read())> {
    try {
        return read();
    } catch (const core::Error& error) {
        std::ranges::copy(error.data(), std::back_inserter(findings.problems));
    } catch (const std::exception& error) {
        findings.problems.push_back({.path = file,
                                     .problem = "can't be read",
                                     .why = error.what(),
                                     .advice = "replace or remove it"});
    }
    return std::nullopt;
}

/// Slices along z.
imaging::AxisMap order_of(const imaging::PreprocessOptions& options) {
    return imaging::slices_last(options.axis_of_slices());
}

/// Reads a frame without NaN and infinity; nothing, with a problem, if there are some.
std::optional<io::NiftiFrame> read_finite(io::NiftiFile& file,
                                          const imaging::PreprocessOptions& options,
                                          io::Extent extent, Findings& findings) {
    auto read =
        attempt(file.path(), findings, [&] { return std::move(file).read(options.frame, extent); });
    if (!read) return std::nullopt;
    if (read->not_finite == 0) {
        read->volume = imaging::reordered(std::move(read->volume), order_of(options));
        return read;
    }
    findings.problems.push_back(
        {.path = file.path(),
         .problem = core::concat("has ",
                                 core::counted(static_cast<std::int64_t>(read->not_finite),
                                               "voxel that is", "voxels that are"),
                                 " NaN, infinite or beyond 3.4e38"),
         .advice = "repair or remove it"});
    return std::nullopt;
}

}  // namespace

std::optional<io::NiftiFile> open_scan(const fs::path& file, Findings& findings) {
    return attempt(file, findings, [&] { return io::NiftiFile(file); });
}

void note_header(const io::NiftiFile& file, const imaging::PreprocessOptions& options,
                 Findings& findings) {
    const io::NiftiHeader& header = file.header();
    const auto remark = [&](std::optional<std::string> about) {
        if (!about) return;
        findings.remarks.push_back({.about = std::move(*about), .file = file.path().string()});
    };
    for (const std::string& about : header.remarks) remark(about);
    remark(imaging::implausible_spacing(header.geometry));
    remark(imaging::implausible_slice_axis(header.geometry, options.axis_of_slices()));
    const auto frames = static_cast<std::int64_t>(header.frames);
    if (frames <= 1 || options.frame < frames) return;
    findings.warnings.push_back(core::concat(quoted_path(file.path()), " has ", frames,
                                             " frames and no frame ", options.frame,
                                             " (counted from 0), the last one is taken"));
}

core::Volume geometry_of(const io::NiftiFile& file, const imaging::PreprocessOptions& options) {
    return imaging::reordered(file.header().geometry, order_of(options));
}

std::optional<imaging::Grid> resampled_grid(const io::NiftiFile& file,
                                            const imaging::PreprocessOptions& options,
                                            Findings& findings) {
    const core::Volume geometry = geometry_of(file, options);
    const imaging::Grid grid = imaging::grid_for(geometry, options);
    if (const auto reason = imaging::unreasonable(grid, geometry, options)) {
        findings.problems.push_back({.path = file.path(), .problem = core::concat(": ", *reason)});
        return std::nullopt;
    }
    return grid;
}

std::optional<io::NiftiFrame> read_volume(io::NiftiFile file,
                                          const imaging::PreprocessOptions& options,
                                          io::Extent extent, Findings& findings) {
    auto read = read_finite(file, options, extent, findings);
    if (!read) return std::nullopt;
    if (const auto reason = imaging::unusable(read->volume)) {
        findings.problems.push_back({.path = file.path(),
                                     .problem = "can't be used",
                                     .why = *reason,
                                     .advice = "repair or remove it"});
        return std::nullopt;
    }
    return read;
}

std::optional<io::NiftiFrame> read_mask(io::NiftiFile file,
                                        const imaging::PreprocessOptions& options,
                                        io::Extent extent, Findings& findings) {
    auto read = read_finite(file, options, extent, findings);
    if (!read) return std::nullopt;
    if (const auto values = imaging::make_binary(read->volume)) {
        findings.problems.push_back({.path = file.path(),
                                     .got = *values,
                                     .problem = no_mask,
                                     .why = core::concat("it holds ", *values),
                                     .advice = "make it binary: 0 and 1, or 0 and 255"});
        return std::nullopt;
    }
    if (const auto reason = imaging::implausible_mask(read->volume)) {
        findings.warnings.push_back(core::concat(quoted_path(file.path()), ' ', *reason));
    }
    return read;
}

std::optional<io::NiftiFrame> read_scan(const fs::path& file,
                                        const imaging::PreprocessOptions& options,
                                        Findings& findings) {
    auto opened = open_scan(file, findings);
    if (!opened) return std::nullopt;
    note_header(*opened, options, findings);
    if (!resampled_grid(*opened, options, findings)) return std::nullopt;
    return read_volume(std::move(*opened), options, io::Extent::frame, findings);
}

std::optional<core::Volume> read_mask(const fs::path& file,
                                      const imaging::PreprocessOptions& options,
                                      Findings& findings) {
    auto opened = open_scan(file, findings);
    if (!opened) return std::nullopt;
    auto read = read_mask(std::move(*opened), options, io::Extent::frame, findings);
    if (!read) return std::nullopt;
    return std::move(read->volume);
}

void write_on_scan(const fs::path& file, const std::string& head, const core::Volume& volume,
                   const imaging::PreprocessOptions& options, io::StoredAs type) {
    const imaging::AxisMap order = order_of(options);
    if (order.is_identity()) return io::write_on_scan(file, head, volume, type);
    io::write_on_scan(file, head, imaging::reordered(volume, imaging::inverse(order)), type);
}

}  // namespace msunet::prepare

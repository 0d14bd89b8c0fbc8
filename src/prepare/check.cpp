// SPDX-License-Identifier: Apache-2.0
#include "msunet/prepare/check.hpp"

#include <algorithm>
#include <exception>
#include <iterator>
#include <utility>

#include "msunet/core/error.hpp"
#include "msunet/core/text.hpp"
#include "msunet/imaging/check.hpp"
#include "msunet/imaging/volume_io.hpp"
#include "msunet/io/nifti.hpp"
#include "msunet/io/nifti_values.hpp"

namespace msunet::prepare {

namespace fs = std::filesystem;

namespace {

std::string quoted(const fs::path& file) { return core::quoted(file.string()); }

/// What `read` gives, or nothing and its failure among the problems.
template <class Read>
auto attempt(const fs::path& file, Findings& findings, Read&& read)
    -> std::optional<decltype(read())> {
    try {
        return read();
    } catch (const core::Error& error) {
        std::ranges::copy(error.problems(), std::back_inserter(findings.problems));
    } catch (const std::exception& error) {
        findings.problems.push_back(core::concat(quoted(file), " can't be read (", error.what(),
                                                 "), replace or remove it"));
    }
    return std::nullopt;
}

/// Reads with `read`, unless the file holds NaN or infinity, which ITK would turn into 0.
template <class Read>
std::optional<imaging::LoadedVolume> read_finite(const fs::path& file, std::int64_t frame,
                                                 Findings& findings, Read&& read) {
    const auto bad = attempt(
        file, findings, [&] { return io::count_non_finite(file, io::check_nifti(file), frame); });
    if (!bad) return std::nullopt;
    if (*bad > 0) {
        findings.problems.push_back(core::concat(quoted(file), " has ", *bad,
                                                 " voxels that are NaN or infinite, repair or "
                                                 "remove it"));
        return std::nullopt;
    }
    return attempt(file, findings, [&] { return read(file, frame); });
}

void note_frames(const fs::path& file, const CheckedHeader& header, std::int64_t frame,
                 Findings& findings) {
    if (header.frames <= 1 || frame < header.frames) return;
    findings.warnings.push_back(core::concat(quoted(file), " has ", header.frames,
                                             " frames and no frame ", frame,
                                             " (counted from 0), the last one is taken"));
}

std::optional<imaging::Grid> resampled_grid(const fs::path& file, const core::Volume& geometry,
                                            const imaging::PreprocessOptions& options,
                                            Findings& findings) {
    const imaging::Grid grid = imaging::grid_for(geometry, options);
    if (const auto reason = imaging::unreasonable(grid, geometry)) {
        findings.problems.push_back(core::concat(quoted(file), ": ", *reason));
        return std::nullopt;
    }
    return grid;
}

}  // namespace

std::optional<CheckedHeader> check_header(const fs::path& file, Findings& findings) {
    return attempt(file, findings, [&] {
        const io::NiftiHeader header = io::check_nifti(file);
        imaging::LoadedVolume read = imaging::read_header(file);
        return CheckedHeader{.geometry = std::move(read.volume),
                             .frames = static_cast<std::int64_t>(header.frames),
                             .cost = header.cost()};
    });
}

std::optional<std::string> too_small_for_patches(const fs::path& file, const imaging::Grid& grid,
                                                 const std::vector<std::int64_t>& fixed_patches) {
    if (fixed_patches.empty()) return std::nullopt;
    const auto largest = *std::ranges::max_element(fixed_patches);
    if (static_cast<std::int64_t>(std::min(grid.size[0], grid.size[1])) >= largest) {
        return std::nullopt;
    }
    return core::concat(quoted(file), ": its slices have ", grid.size[0], "x", grid.size[1],
                        " pixels after resampling, fewer than patch_dimensions ", largest,
                        "; use a smaller patch_dimensions, a larger -ts, or -ufp True");
}

std::optional<PairGeometry> check_pair_headers(const PairFiles& files,
                                               const imaging::PreprocessOptions& options,
                                               const std::vector<std::int64_t>& fixed_patches,
                                               Findings& findings) {
    const auto data = check_header(files.data, findings);
    const auto mask = check_header(files.mask, findings);
    if (data) note_frames(files.data, *data, options.frame, findings);
    if (!data || !mask) return std::nullopt;
    if (const auto sizes = imaging::size_difference(data->geometry, mask->geometry)) {
        findings.problems.push_back(core::concat(
            quoted(files.data), " and its mask ", quoted(files.mask), " differ in size (", *sizes,
            "), check that they belong together or draw the mask on this volume"));
        return std::nullopt;
    }
    if (const auto difference = imaging::geometry_difference(data->geometry, mask->geometry)) {
        findings.warnings.push_back(core::concat(quoted(files.mask), " has another geometry than ",
                                                 quoted(files.data), " in its header (",
                                                 *difference, "), the volume's is used"));
    }
    const auto after = resampled_grid(files.data, data->geometry, options, findings);
    if (!after) return std::nullopt;
    if (auto small = too_small_for_patches(files.data, *after, fixed_patches)) {
        findings.problems.push_back(std::move(*small));
        return std::nullopt;
    }
    return PairGeometry{.before = imaging::grid_of(data->geometry),
                        .after = *after,
                        .reading_cost = data->cost + mask->cost};
}

std::optional<core::Volume> load_volume(const fs::path& file, std::int64_t frame,
                                        Findings& findings) {
    auto read = read_finite(file, frame, findings, imaging::read_volume);
    if (!read) return std::nullopt;
    if (const auto reason = imaging::unusable(read->volume)) {
        findings.problems.push_back(
            core::concat(quoted(file), " can't be used (", *reason, "), repair or remove it"));
        return std::nullopt;
    }
    return std::move(read->volume);
}

std::optional<core::Volume> load_mask(const fs::path& file, std::int64_t frame,
                                      Findings& findings) {
    auto read = read_finite(file, frame, findings, imaging::read_mask);
    if (!read) return std::nullopt;
    if (imaging::is_empty(read->volume)) {
        findings.warnings.push_back(core::concat(
            quoted(file), " is empty (all voxels are 0), check that the mask was drawn"));
    }
    return std::move(read->volume);
}

std::optional<LoadedPair> load_pair(const PairFiles& files, std::int64_t frame,
                                    Findings& findings) {
    auto volume = load_volume(files.data, frame, findings);
    auto mask = load_mask(files.mask, frame, findings);
    if (!volume || !mask) return std::nullopt;
    return LoadedPair{.volume = std::move(*volume), .mask = std::move(*mask)};
}

std::optional<core::Volume> load_scan(const fs::path& file,
                                      const imaging::PreprocessOptions& options,
                                      Findings& findings) {
    const auto header = check_header(file, findings);
    if (!header) return std::nullopt;
    note_frames(file, *header, options.frame, findings);
    if (!resampled_grid(file, header->geometry, options, findings)) return std::nullopt;
    return load_volume(file, options.frame, findings);
}

}  // namespace msunet::prepare

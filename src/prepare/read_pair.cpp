// SPDX-License-Identifier: Apache-2.0
#include "prepare/read_pair.hpp"

#include <algorithm>
#include <utility>

#include "msunet/core/text.hpp"
#include "msunet/prepare/mask_order.hpp"

namespace msunet::prepare {

namespace fs = std::filesystem;

namespace {

/// The open files whose headers passed, each by itself.
struct OpenPair {
    std::optional<io::NiftiFile> data;
    std::optional<io::NiftiFile> mask;
};

OpenPair open_pair(const PairFiles& files, const PairRules& rules, Findings& findings) {
    OpenPair pair{.data = open_scan(files.data, findings), .mask = open_scan(files.mask, findings)};
    if (pair.data) note_header(*pair.data, rules.preprocess, findings);
    return pair;
}

std::optional<PairGeometry> check_headers(const OpenPair& pair, const PairRules& rules,
                                          Findings& findings) {
    if (!pair.data || !pair.mask) return std::nullopt;
    const fs::path& data = pair.data->path();
    const fs::path& mask = pair.mask->path();
    const core::Volume geometry = geometry_of(*pair.data, rules.preprocess);
    const core::Volume of_mask = geometry_of(*pair.mask, rules.preprocess);
    if (const auto mismatch = size_mismatch(geometry, of_mask, rules.mask_geometry)) {
        findings.problems.push_back(
            {.path = data,
             .problem =
                 core::concat("and its mask ", core::quoted(mask.string()), ' ', *mismatch)});
        return std::nullopt;
    }
    const auto after = resampled_grid(*pair.data, rules.preprocess, findings);
    if (!after) return std::nullopt;
    if (auto small = too_small_for_patches(data, *after, rules.preprocess, rules.fixed_patches)) {
        findings.problems.push_back(std::move(*small));
        return std::nullopt;
    }
    return PairGeometry{.before = imaging::grid_of(geometry),
                        .after = *after,
                        .reading_cost = pair.data->cost() + pair.mask->cost()};
}

}  // namespace

std::optional<core::Problem> too_small_for_patches(const fs::path& file, const imaging::Grid& grid,
                                                   const imaging::PreprocessOptions& options,
                                                   const std::vector<std::int64_t>& fixed_patches) {
    if (fixed_patches.empty()) return std::nullopt;
    const auto largest = *std::ranges::max_element(fixed_patches);
    if (static_cast<std::int64_t>(std::min(grid.size[0], grid.size[1])) >= largest) {
        return std::nullopt;
    }
    const bool by_spacing = options.by_spacing();
    return core::Problem{
        .option = by_spacing ? "-hspace" : "-ts",
        .path = file,
        .got = by_spacing ? core::general(options.horizontal(), 6) : core::concat(options.target()),
        .problem = core::concat("leaves ", grid.size[0], "x", grid.size[1],
                                " pixels a slice, fewer than patch_dimensions ", largest),
        .why = core::quoted(file.string()),
        .advice = core::concat("use a smaller patch_dimensions, a ",
                               by_spacing ? "smaller -hspace" : "larger -ts", ", or -ufp True")};
}

std::optional<PairGeometry> survey_pair(const PairFiles& files, const PairRules& rules) {
    Findings unused;
    const auto pair = open_pair(files, rules, unused);
    return check_headers(pair, rules, unused);
}

std::optional<PairContent> read_pair(const PairFiles& files, const PairRules& rules,
                                     Findings& findings) {
    auto pair = open_pair(files, rules, findings);
    const auto geometry = check_headers(pair, rules, findings);
    // A file is read whatever is wrong with the other, so that all bad files are found at once.
    std::optional<io::NiftiFrame> volume;
    std::optional<io::NiftiFrame> mask;
    if (pair.data) {
        volume = read_volume(std::move(*pair.data), rules.preprocess, io::Extent::whole, findings);
    }
    if (pair.mask) {
        mask = read_mask(std::move(*pair.mask), rules.preprocess, io::Extent::whole, findings);
    }
    if (!geometry || !volume || !mask) return std::nullopt;
    mask->volume = in_order_of_scan(
        std::move(mask->volume), volume->volume, rules.mask_geometry,
        [&] { return &volume->volume; }, files.mask, findings);
    return PairContent{.geometry = *geometry,
                       .voxels = {.volume = std::move(volume->volume),
                                  .mask = std::move(mask->volume),
                                  .head = std::move(volume->head)},
                       .data_hash = std::move(volume->hash),
                       .mask_hash = std::move(mask->hash)};
}

}  // namespace msunet::prepare

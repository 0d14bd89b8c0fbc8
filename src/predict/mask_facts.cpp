// SPDX-License-Identifier: Apache-2.0
#include "msunet/predict/mask_facts.hpp"

#include <algorithm>
#include <map>
#include <span>

#include "msunet/core/text.hpp"
#include "msunet/imaging/check.hpp"
#include "msunet/imaging/components.hpp"
#include "msunet/imaging/normalise.hpp"
#include "msunet/model/metrics.hpp"

namespace msunet::predict {
namespace {

constexpr double whole_share = 0.95;
/// A mask with more than this share of all voxels covers all.
constexpr double covering_share = 0.95;
/// A mask with more than this share of its voxels at the border touches it. Of the manual masks of
/// 40 real scans five have up to 0.0016 there.
constexpr double border_share = 0.004;
/// Neighbouring slices of a brain overlap at least in this Dice (real masks: 0.58 and more)...
constexpr double least_overlap = 0.5;
/// ...where one of them has at least this share of the largest slice's voxels: a brain ends in
/// small spots.
constexpr double least_area = 0.3;
/// The volume of a mask is at most this factor off the median of its modality.
constexpr double median_factor = 1.5;

std::optional<std::size_t> jump_of(const core::Volume& mask) {
    const std::size_t area = mask.size[0] * mask.size[1];
    const auto slice = [&](std::size_t z) {
        return std::span(mask.voxels).subspan(z * area, area);
    };
    std::vector<std::size_t> sizes;
    for (std::size_t z = 0; z < mask.size[2]; ++z) {
        sizes.push_back(static_cast<std::size_t>(
            std::ranges::count_if(slice(z), [](float voxel) { return voxel != 0; })));
    }
    const double least = least_area * static_cast<double>(*std::ranges::max_element(sizes));
    // A mask may begin and end with a large slice, but has none left out in between.
    const auto is_filled = [](std::size_t size) { return size > 0; };
    const auto first = std::ranges::find_if(sizes, is_filled) - sizes.begin();
    const auto end = std::find_if(sizes.rbegin(), sizes.rend(), is_filled).base() - sizes.begin();
    for (auto z = static_cast<std::size_t>(first) + 1; z < static_cast<std::size_t>(end); ++z) {
        if (static_cast<double>(std::max(sizes[z - 1], sizes[z])) < least) continue;
        std::size_t both = 0;
        for (std::size_t i = 0; i < area; ++i) {
            if (slice(z - 1)[i] != 0 && slice(z)[i] != 0) ++both;
        }
        const auto sum = static_cast<double>(sizes[z - 1] + sizes[z]);
        if (2 * static_cast<double>(both) < least_overlap * sum) return z;
    }
    return std::nullopt;
}

}  // namespace

MaskFacts facts_of(const core::Volume& mask) {
    MaskFacts facts;
    facts.voxels = static_cast<std::size_t>(
        std::ranges::count_if(mask.voxels, [](float voxel) { return voxel != 0; }));
    facts.volume_mm3 =
        static_cast<double>(facts.voxels) * mask.spacing[0] * mask.spacing[1] * mask.spacing[2];
    const imaging::Components components = imaging::components_of(mask);
    facts.components = components.count;
    if (facts.voxels > 0) {
        facts.largest_share =
            static_cast<double>(components.largest) / static_cast<double>(facts.voxels);
    }
    facts.touches_border = static_cast<double>(imaging::voxels_at_border(mask)) >
                           border_share * static_cast<double>(facts.voxels);
    facts.covers_all = static_cast<double>(facts.voxels) >
                       covering_share * static_cast<double>(mask.voxels.size());
    if (facts.voxels > 0) facts.jump = jump_of(mask);
    return facts;
}

std::vector<std::string> flags_of(const MaskFacts& facts) {
    if (facts.voxels == 0) return {"empty"};
    if (facts.covers_all) return {"covers the whole volume"};
    std::vector<std::string> flags;
    if (facts.touches_border) flags.emplace_back("touches the border");
    if (facts.largest_share < whole_share) {
        flags.push_back(core::concat("in ", facts.components, " pieces"));
    }
    if (facts.jump) {
        flags.push_back(
            core::concat("jumps between slices ", *facts.jump, " and ", *facts.jump + 1));
    }
    return flags;
}

std::optional<std::string> flag_of_cleaning(std::size_t changed, std::size_t before) {
    const double share = static_cast<double>(changed) / static_cast<double>(before);
    if (before == 0 || share <= 1 - whole_share) return std::nullopt;
    return core::concat("cleaning changed ", core::fixed(100 * share, 0), " % of it");
}

std::vector<std::string> far_from_median(std::span<const RunMask> masks) {
    std::map<std::optional<core::Modality>, std::vector<float>> volumes;
    for (const RunMask& mask : masks) {
        volumes[mask.modality].push_back(static_cast<float>(mask.volume_mm3));
    }
    std::vector<std::string> texts;
    for (const RunMask& mask : masks) {
        std::string& text = texts.emplace_back();
        const auto& others = volumes[mask.modality];
        const double median = imaging::median(others);
        const bool is_near =
            mask.volume_mm3 < median * median_factor && mask.volume_mm3 * median_factor > median;
        if (others.size() < fewest_for_median || is_near) continue;
        text = core::concat("volume ", core::fixed(mask.volume_mm3, 0), " mm³, median of ",
                            mask.modality ? core::name_of(*mask.modality) : "all", " in this run ",
                            core::fixed(median, 0));
    }
    return texts;
}

double dice(const core::Volume& reference, const core::Volume& mask) {
    model::BatchSums sums;
    for (std::size_t i = 0; i < mask.voxels.size(); ++i) {
        const double truth = reference.voxels[i];
        const double prediction = mask.voxels[i];
        sums.intersection += truth * prediction;
        sums.truth += truth;
        sums.prediction += prediction;
    }
    return model::dice_coef(sums);
}

}  // namespace msunet::predict

// SPDX-License-Identifier: Apache-2.0
#include "msunet/prepare/mask_order.hpp"

#include <utility>

#include "msunet/core/text.hpp"
#include "msunet/imaging/check.hpp"

namespace msunet::prepare {

namespace {

using imaging::MaskGeometry;

/// What becomes of a mask whose header has other axes than its scan's.
struct OrderChoice {
    bool reorder = false;
    std::string reason{};  ///< why it is not put in the scan's order
};

OrderChoice choose_order(const core::Volume& mask, const core::Volume& reordered_mask,
                         MaskGeometry rule, const ScanVoxels& scan) {
    if (rule == MaskGeometry::header) return {.reorder = true};
    if (rule == MaskGeometry::index) return {.reason = "(--mask_geometry index)"};
    // Of other sizes no other order is possible.
    if (mask.size != reordered_mask.size) return {.reorder = true};
    const core::Volume* voxels = scan();
    const double favour =
        voxels == nullptr ? 0 : imaging::preference(*voxels, reordered_mask, mask);
    if (favour >= imaging::decided_preference) return {.reorder = true};
    if (favour <= -imaging::decided_preference) {
        return {.reason =
                    "because that fits the images better (--mask_geometry header puts it in "
                    "the scan's order)"};
    }
    return {.reason =
                "because the images fit both ways alike (--mask_geometry header puts it in "
                "the scan's order)"};
}

}  // namespace

std::optional<std::string> size_mismatch(const core::Volume& scan, const core::Volume& mask,
                                         MaskGeometry rule) {
    auto difference = imaging::size_difference(scan, mask);
    if (!difference) return std::nullopt;
    const char* advice = "check that they belong together or draw the mask on this volume";
    if (imaging::order_like(mask, scan)) {
        if (rule != MaskGeometry::index) return std::nullopt;
        advice = "--mask_geometry auto puts the mask's axes in the scan's order";
    }
    return core::concat("differ in size (", *difference, "), ", advice);
}

core::Volume in_order_of_scan(core::Volume mask, const core::Volume& place, MaskGeometry rule,
                              const ScanVoxels& scan, const std::filesystem::path& file,
                              Findings& findings) {
    const auto remark = [&](std::string about) {
        findings.remarks.push_back({.about = std::move(about), .file = file.string()});
    };
    const auto order = imaging::order_like(mask, place);
    if (!order) {
        remark(core::concat("by its header a mask lies elsewhere than its scan (",
                            imaging::place_difference(mask, place),
                            "), it is paired voxel by voxel"));
    } else if (!order->is_identity()) {
        const std::string text = imaging::order_text(*order, place);
        core::Volume other = imaging::reordered(mask, *order);
        const OrderChoice choice = choose_order(mask, other, rule, scan);
        if (choice.reorder) {
            remark(core::concat("a mask is ", text,
                                " against its scan, it is put in the scan's order"));
            mask = std::move(other);
        } else {
            remark(core::concat("by its header a mask is ", text,
                                " against its scan, it is paired voxel by voxel ", choice.reason));
        }
    }
    mask.spacing = place.spacing;
    mask.origin = place.origin;
    mask.direction = place.direction;
    return mask;
}

}  // namespace msunet::prepare

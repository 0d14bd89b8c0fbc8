// SPDX-License-Identifier: Apache-2.0
#include "msunet/report/qc.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "msunet/core/text.hpp"
#include "msunet/io/png.hpp"
#include "report/contour.hpp"
#include "report/page_template.hpp"

namespace msunet::report {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t longest_side = 160;

/// The picture reduced by a whole number, so that a page of a thousand scans stays small. Pixels
/// are means.
io::Picture reduced(const QcSlice& slice) {
    const std::size_t step =
        (std::max(slice.width, slice.height) + longest_side - 1) / longest_side;
    io::Picture picture{.width = (slice.width + step - 1) / step,
                        .height = (slice.height + step - 1) / step,
                        .pixels = {}};
    for (std::size_t y = 0; y < slice.height; y += step) {
        for (std::size_t x = 0; x < slice.width; x += step) {
            std::size_t sum = 0;
            std::size_t count = 0;
            for (std::size_t v = y; v < std::min(y + step, slice.height); ++v) {
                for (std::size_t u = x; u < std::min(x + step, slice.width); ++u, ++count) {
                    sum += slice.gray[v * slice.width + u];
                }
            }
            picture.pixels.push_back(static_cast<std::uint8_t>((sum + count / 2) / count));
        }
    }
    return picture;
}

/// Empty for a mask that is not there.
std::string outline_of(const std::vector<std::uint8_t>& mask, const QcSlice& slice) {
    return mask.empty() ? std::string() : contour_path(mask, slice.width, slice.height);
}

Json slice_json(const QcSlice& slice) {
    return {{"slice", slice.number},
            {"slices", slice.count},
            {"w", slice.width},
            {"h", slice.height},
            {"px", slice.pixel_width},
            {"py", slice.pixel_height},
            {"png", base64(io::png_bytes(reduced(slice)))},
            {"outline", outline_of(slice.mask, slice)},
            {"reference", outline_of(slice.reference, slice)},
            {"changed", outline_of(slice.changed, slice)}};
}

std::string text_of(const Json& json) {
    // Names come from files: bytes that are not UTF-8 become a replacement character.
    return in_script(json.dump(-1, ' ', false, Json::error_handler_t::replace));
}

}  // namespace

std::string qc_scan_text(const QcScan& scan) {
    Json slices = Json::array();
    for (const QcSlice& slice : scan.slices) slices.push_back(slice_json(slice));
    return text_of({{"name", scan.name},
                    {"order", scan.order},
                    {"modality", scan.modality},
                    {"volume_mm3", scan.volume_mm3},
                    {"components", scan.components},
                    {"largest_share", scan.largest_share},
                    {"flags", scan.flags},
                    {"dice", scan.dice ? Json(*scan.dice) : Json()},
                    {"compared", scan.compared},
                    {"cleaning", scan.cleaning},
                    {"skipped", scan.skipped},
                    {"slices", std::move(slices)}});
}

void add_flag(std::string& scan, const std::string& flag) {
    Json json = Json::parse(scan);
    json.at("flags").push_back(flag);
    scan = text_of(json);
}

std::string qc_html(const QcPage& page, std::span<const std::string> scans) {
    std::string data = text_of({{"model", page.model},
                                {"output", page.output},
                                {"version", page.version},
                                {"problems", page.problems}});
    data.pop_back();
    data += core::concat(",\"scans\":[", core::join(scans, ","), "]}");
    return filled_page(qc_page, "Masks", "Predicted masks", data);
}

}  // namespace msunet::report

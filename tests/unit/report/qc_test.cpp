// SPDX-License-Identifier: Apache-2.0
#include "msunet/report/qc.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "msunet/io/png.hpp"
#include "report/contour.hpp"

namespace msunet::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

QcScan scan_of(std::size_t width, std::size_t height) {
    QcSlice slice{.number = 3,
                  .count = 9,
                  .width = width,
                  .height = height,
                  .gray = std::vector<std::uint8_t>(width * height, 200),
                  .mask = std::vector<std::uint8_t>(width * height, 1),
                  .reference = {}};
    return {.name = "</script><b>.nii", .flags = {"empty"}, .slices = {slice}};
}

TEST(QcPage, HoldsItsScansAndNoTextEndsTheScript) {
    const std::vector<std::string> scans{qc_scan_text(scan_of(8, 6)), qc_scan_text(scan_of(8, 6))};
    const std::string page =
        qc_html({.model = "m", .output = "o", .version = "1", .problems = {"</script>"}}, scans);
    EXPECT_THAT(page, Not(HasSubstr("src=")));
    EXPECT_THAT(page, Not(HasSubstr("https://")));
    EXPECT_THAT(page, Not(HasSubstr("{{")));
    const std::string open = "<script id=\"data\" type=\"application/json\">";
    const std::size_t from = page.find(open) + open.size();
    const auto data = nlohmann::json::parse(page.substr(from, page.find("</script>", from) - from));
    EXPECT_EQ(data.at("scans").size(), 2U);
    EXPECT_EQ(data.at("scans").at(1).at("name"), "</script><b>.nii");
    EXPECT_EQ(data.at("scans").at(0).at("dice"), nullptr);
    EXPECT_EQ(data.at("problems").at(0), "</script>");
}

TEST(QcPage, TakesFurtherFlags) {
    std::string scan = qc_scan_text(scan_of(8, 6));
    add_flag(scan, "small");
    EXPECT_THAT(scan, Not(HasSubstr("</script>")));
    const auto flags = nlohmann::json::parse(scan).at("flags");
    EXPECT_EQ(flags, (nlohmann::json{"empty", "small"}));
}

TEST(QcPage, OfNoScansIsWhole) { EXPECT_THAT(qc_html({}, {}), HasSubstr(",\"scans\":[]}")); }

TEST(QcPage, ShrinksLargeSlicesButNotTheirOutlines) {
    const auto slice = nlohmann::json::parse(qc_scan_text(scan_of(401, 300))).at("slices").at(0);
    const auto picture =
        io::parse_png(from_base64(slice.at("png").get<std::string>()), "the slice");
    EXPECT_EQ(picture.width, 134U);  // 401 by threes
    EXPECT_EQ(picture.height, 100U);
    EXPECT_THAT(picture.pixels, ::testing::Each(200));
    EXPECT_EQ(slice.at("w"), 401);
    EXPECT_THAT(slice.at("outline").get<std::string>(), HasSubstr("401"));
    EXPECT_EQ(slice.at("reference"), "");
}

}  // namespace
}  // namespace msunet::report

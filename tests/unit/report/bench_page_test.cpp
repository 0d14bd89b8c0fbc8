// SPDX-License-Identifier: Apache-2.0
#include "msunet/report/bench_page.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

namespace msunet::report {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(BenchPage, HoldsItsDataAndNoTextEndsTheScript) {
    const auto page = bench_html(R"({"notices": ["</script>{{style}}"]})");
    EXPECT_THAT(page, Not(HasSubstr("src=")));
    EXPECT_THAT(page, Not(HasSubstr("https://")));
    const std::string open = "<script id=\"data\" type=\"application/json\">";
    const auto from = page.find(open) + open.size();
    const auto data = nlohmann::json::parse(page.substr(from, page.find("</script>", from) - from));
    EXPECT_EQ(data.at("notices").at(0), "</script>{{style}}");
}

}  // namespace
}  // namespace msunet::report

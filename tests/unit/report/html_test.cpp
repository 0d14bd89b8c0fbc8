// SPDX-License-Identifier: Apache-2.0
#include "msunet/report/html.hpp"
#include "msunet/record/ranking.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <map>
#include <nlohmann/json.hpp>

#include "msunet/core/file.hpp"
#include "msunet/record/ranking.hpp"
#include "report/contour.hpp"
#include "unit/report/folder.hpp"
#include "unit/report/made_up_sweep.hpp"

namespace msunet::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// What the page's script would parse.
nlohmann::json data_of(const std::string& page) {
    const std::string open = "<script id=\"data\" type=\"application/json\">";
    const std::size_t from = page.find(open) + open.size();
    return nlohmann::json::parse(page.substr(from, page.find("</script>", from) - from));
}

TEST(Report, HoldsTheWholeSweep) {
    const auto record = testing::made_up_sweep({.learning_rates = 9, .failures = true});
    const auto data = data_of(report_html(record));
    EXPECT_EQ(data.at("trials").size(), 18U);
    EXPECT_EQ(data.at("varied"), nlohmann::json::parse(R"(["batch_size", "lr"])"));
    EXPECT_EQ(data.at("best"), record::best(record)->trial);
    EXPECT_EQ(data.at("trials").at(5).at("state"), "failed");
    EXPECT_EQ(data.at("timeline").size(), 18U);
    EXPECT_EQ(data.at("data").at("train").at("pairs").at(0), 8);
    EXPECT_EQ(data.at("unfinished"), false);
}

// JavaScript's numbers are exact below 2^53.
TEST(Report, HasLargeIdsAsTexts) {
    auto record = testing::made_up_sweep({.learning_rates = 1});
    const record::TrialId large = (record::TrialId{1} << 53U) + 1;
    auto moved = record.trials.extract(record.start.trials.back());
    moved.key() = large;
    moved.mapped().result->trial = large;
    record.trials.insert(std::move(moved));
    record.start.trials.back() = large;
    record.timeline.back().trial = large;
    const auto data = data_of(report_html(record));
    EXPECT_EQ(data.at("trials").at(0).at("id"), 0);
    EXPECT_EQ(data.at("trials").at(1).at("id"), "9007199254740993");
    EXPECT_EQ(data.at("timeline").back().at("trial"), "9007199254740993");
}

TEST(Report, HasTheDiceOfWholeMasksWhereTheyWereMeasured) {
    const auto record = testing::made_up_sweep({.learning_rates = 2});
    EXPECT_TRUE(data_of(report_html(record)).at("whole_masks").is_null());
    const auto masks = data_of(report_html(record, {},
                                           {{"a.nii", core::Modality::fmri, 0.5, 0.25, 0.875, 0.1},
                                            {"b.nii", core::Modality::fmri, 0.75}}))
                           .at("whole_masks");
    EXPECT_EQ(
        masks.at("scans"),
        nlohmann::json::parse(R"({"a.nii": [0.5, 0.25, 0.875], "b.nii": [0.75, null, null]})"));
    EXPECT_EQ(masks.at("means"), "fmri 0.6250 ± 0.1768 (2 scans); all 0.6250 ± 0.1768 (2 scans)");
}

// Places by trial id, 0 where a trial has none.
std::map<record::TrialId, int> places_of(const record::SweepRecord& record) {
    std::map<record::TrialId, int> places;
    const auto data = data_of(report_html(record));
    for (const auto& trial : data.at("trials")) places[trial.at("id")] = trial.value("place", 0);
    return places;
}

TEST(Report, HasThePlacesOfTheRanking) {
    auto record = testing::made_up_sweep({.learning_rates = 2, .failures = true});
    const std::vector<double> dice{0.5, 0.9, std::numeric_limits<double>::quiet_NaN(), 0.9};
    for (record::TrialId id = 0; id < dice.size(); ++id) {
        auto& result = *record.trials.at(id).result;
        result.state = record::TrialState::done;
        result.best_epoch.reset();
        result.history.back().metrics.val_dice_coef = dice[id];
        result.history.back().metrics.val_loss = dice[id];
    }
    using Places = std::map<record::TrialId, int>;
    EXPECT_EQ(places_of(record), (Places{{0, 3}, {1, 1}, {2, 0}, {3, 2}}));
    record.start.metric = "val_loss";
    EXPECT_EQ(places_of(record), (Places{{0, 1}, {1, 2}, {2, 0}, {3, 3}}));
    record.trials.at(0).result->state = record::TrialState::failed;
    EXPECT_EQ(places_of(record), (Places{{0, 0}, {1, 1}, {2, 0}, {3, 2}}));
}

TEST(Report, ShowsTrialsThatStillRun) {
    auto record = testing::made_up_sweep({.learning_rates = 4, .running = true});
    record.trials[6].state = record::TrialState::running;
    record.trials[6].epochs.resize(2);
    const auto data = data_of(report_html(record));
    EXPECT_EQ(data.at("unfinished"), true);
    ASSERT_EQ(data.at("trials").size(), 7U);
    EXPECT_EQ(data.at("trials").at(6).at("state"), "running");
    EXPECT_EQ(data.at("trials").at(6).at("epochs"), 2);
}

TEST(Report, NeedsNoNetworkAndNoTextEndsTheScript) {
    auto record = testing::made_up_sweep();
    record.start.experiment_name = "</script><b>&";
    const std::string page = report_html(record, testing::made_up_pictures(1));
    EXPECT_THAT(page, Not(HasSubstr("src=")));
    EXPECT_THAT(page, Not(HasSubstr("<link")));
    EXPECT_THAT(page, Not(HasSubstr("@import")));
    EXPECT_THAT(page, Not(HasSubstr("https://")));
    EXPECT_THAT(page, HasSubstr("<title>&lt;/script&gt;&lt;b&gt;&amp; - msunet report</title>"));
    EXPECT_EQ(data_of(page).at("experiment"), "</script><b>&");
    EXPECT_THAT(page, Not(HasSubstr("{{")));
}

TEST(Report, AThousandPermutationsStaySmall) {
    const auto record = testing::made_up_sweep({.learning_rates = 250,
                                                .batch_sizes = {8, 16},
                                                .optimizers = {"Adam", "SGD"},
                                                .epochs = 300});
    const std::string page = report_html(record);
    EXPECT_EQ(data_of(page).at("trials").size(), 1000U);
    EXPECT_LT(page.size(), 20'000'000U);
}

TEST(Report, SurvivesAnEmptySweep) {
    record::SweepRecord record;
    record.start.experiment_name = "new";
    record.start.trials = {0, 1};
    const auto data = data_of(report_html(record));
    EXPECT_TRUE(data.at("best").is_null());
    EXPECT_EQ(data.at("unfinished"), true);
}

TEST(Report, IsWrittenUnderItsName) {
    const testing::Folder folder;
    const auto record = testing::made_up_sweep();
    write_report(folder.path(), record);
    EXPECT_EQ(core::read_file(folder.path() / "report.html"), report_html(record));
}

TEST(Contour, GoesRoundASinglePixelWithCutCorners) {
    const std::vector<std::uint8_t> mask{0, 0, 0, 0, 1, 0, 0, 0, 0};
    EXPECT_EQ(contour_path(mask, 3, 3), "M1.5 1L2 1.5L1.5 2L1 1.5Z");
}

TEST(Contour, DropsPointsOnStraightLinesAndReachesTheBorder) {
    const std::vector<std::uint8_t> full(20, 1);
    EXPECT_EQ(contour_path(full, 5, 4), "M0.5 0L4.5 0L5 0.5L5 3.5L4.5 4L0.5 4L0 3.5L0 0.5Z");
}

TEST(Contour, DrawsEveryPartAndHole) {
    std::vector<std::uint8_t> ring(25, 1);
    ring[12] = 0;
    const std::string path = contour_path(ring, 5, 5);
    EXPECT_EQ(std::ranges::count(path, 'Z'), 2);
    EXPECT_EQ(contour_path(std::vector<std::uint8_t>(25, 0), 5, 5), "");
}

TEST(Base64, AgreesWithRfc4648) {
    EXPECT_EQ(base64(""), "");
    EXPECT_EQ(base64("f"), "Zg==");
    EXPECT_EQ(base64("fo"), "Zm8=");
    EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
    EXPECT_EQ(from_base64("Zm9vYmE="), "fooba");
}

}  // namespace
}  // namespace msunet::report

// SPDX-License-Identifier: Apache-2.0
#include "msunet/report/terminal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "msunet/core/columns.hpp"
#include "msunet/core/text.hpp"
#include "msunet/report/start_table.hpp"
#include "unit/report/made_up_sweep.hpp"

namespace msunet::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

StartTable start_table() {
    StartTable table;
    table.headline = "msunet 0.1.0 - experiment rats";
    table.blocks = {{"input",
                     {{"data", "/data/rats/volumes", ""},
                      {"start model", "random", "no start_models/rat_brain-2d_unet.hdf5"}}},
                    {"grid", {{"lr", std::string(300, '1'), ""}, {"epochs", "20", "default"}}}};
    DataCounts counts;
    counts.training[0] = {4, 160, 12345, 1234};
    counts.validation[0] = {1, 40, 900, 0};
    counts.training[4] = {3, 36, 800, 0};
    table.data = counts;
    return table;
}

TEST(StartTable, FitsItsWidthAndWrapsLongValues) {
    for (const std::size_t width : {std::size_t{80}, std::size_t{100}}) {
        for (const std::string& line :
             core::split(format_start_table(start_table(), width), '\n')) {
            EXPECT_LE(core::display_width(line), std::max<std::size_t>(width, 91)) << line;
        }
    }
}

TEST(StartTable, ShowsDataByModalityAndSplit) {
    const std::string text = format_start_table(start_table());
    EXPECT_THAT(text, HasSubstr("12,345"));
    EXPECT_THAT(text, HasSubstr("13,145"));  // all training samples
    EXPECT_THAT(text, HasSubstr("fmri"));
    EXPECT_THAT(text, Not(HasSubstr("noddi")));
    EXPECT_THAT(text, HasSubstr("20  (default)"));
}

TEST(StartTable, TitlesFillTheWidthWhateverTheirLetters) {
    const StartTable table{.headline = "x", .blocks = {{"Mäuse", {}}}, .data = {}};
    const auto lines = core::split(format_start_table(table, 80), '\n');
    EXPECT_THAT(lines[1], HasSubstr("Mäuse"));
    EXPECT_EQ(core::display_width(lines[1]), 80U);
}

TEST(EpochLine, StandsUnderItsHeading) {
    EpochLine line;
    line.trial = 12;
    line.epoch = 3;
    line.epochs = 20;
    line.loss = 0.51234;
    line.dice = 0.48766;
    line.val_loss = 0.6;
    line.val_dice = 0.4;
    line.seconds = 12.3;
    line.samples_per_second = 1234.5;
    line.seconds_left = 3700;
    const std::string text = format_epoch_line(line);
    const std::string heading = epoch_heading(true);
    EXPECT_EQ(text.size(), heading.size());
    EXPECT_LE(text.size(), 100U);
    EXPECT_THAT(text, HasSubstr("3/20"));
    EXPECT_THAT(text, HasSubstr("0.5123"));
    // Columns are right-aligned under their heads.
    EXPECT_EQ(text.find("0.4877") + 6, heading.find("Dice") + 4);
    line.val_loss.reset();
    line.val_dice.reset();
    EXPECT_EQ(format_epoch_line(line).size(), epoch_heading(false).size());
}

TEST(EpochLine, NamesTheRefit) {
    EXPECT_THAT(format_epoch_line({.is_refit = true, .epoch = 3, .epochs = 20}),
                StartsWith("   refit"));
}

TEST(EpochLine, KeepsLargeNumbersApart) {
    EpochLine line;
    line.trial = 123'456'789'012;
    line.epoch = 100'000;
    line.epochs = 1'000'000;
    line.loss = -123'456'789.0;
    line.dice = 0.5;
    line.val_loss = 1e30;
    line.val_dice = 1e-9;
    line.seconds = 1e7;
    line.samples_per_second = 1e9;
    const std::string text = format_epoch_line(line);
    for (const char* cell : {" 123456789012 ", " 100000/1000000 ", " -1.2e+08 ", " 0.5000 ",
                             " 1.0e+30 ", " 0.0000 ", " 1,000,000,000 "}) {
        EXPECT_THAT(text, HasSubstr(cell));
    }
}

TEST(Progress, NeverWiderThanTheTerminal) {
    const Progress progress{"preprocessing", 7, 40, 12.0, "train_rs01_1_fmri_data.nii"};
    for (std::size_t width = 1; width < 160; ++width) {
        EXPECT_LE(core::display_width(format_progress(progress, width)), width);
    }
    EXPECT_THAT(format_progress(progress, 120), HasSubstr("7/40"));
    EXPECT_THAT(format_progress(progress, 120), HasSubstr("17 %"));
}

TEST(Progress, FillsItsBar) {
    EXPECT_THAT(format_progress({"x", 0, 10}, 80), HasSubstr("[>      "));
    EXPECT_THAT(format_progress({"x", 10, 10}, 80), HasSubstr("======]"));
    EXPECT_THAT(format_progress({"x", 0, 0}, 80), HasSubstr("0 %"));
}

TEST(FinalSummary, NamesBestTrialFailuresAndFiles) {
    const Sweep sweep = make_sweep(testing::made_up_sweep({.learning_rates = 3, .failures = true}));
    FinalSummary summary;
    summary.folder = "/out/rats";
    summary.files = {{"112326090850.csv", "results, one row per trial"}};
    summary.ranks = 2;
    summary.idle_fraction = 0.034;
    summary.whole_masks = "dti 0.97 (1 scan); all 0.97 (1 scan)";
    const std::string text = format_final_summary(sweep, summary);
    const std::size_t best = best_trial(sweep).value();
    EXPECT_THAT(text, HasSubstr(core::concat("trial ", sweep.trials[best].trial)));
    EXPECT_THAT(text, HasSubstr("5 done, 1 failed"));
    EXPECT_THAT(text, HasSubstr("idle 3.4 %"));
    EXPECT_THAT(text, HasSubstr("/out/rats"));
    EXPECT_THAT(text, HasSubstr("112326090850.csv  results"));
    EXPECT_THAT(text, HasSubstr("anatomical"));
    EXPECT_THAT(text, HasSubstr("\n  whole masks   Dice dti 0.97 (1 scan); all 0.97 (1 scan)\n"));
}

TEST(FinalSummary, SaysThatThereIsNoModel) {
    Sweep sweep = make_sweep(testing::made_up_sweep());
    for (auto& trial : sweep.trials) trial.state = record::TrialState::failed;
    EXPECT_THAT(format_final_summary(sweep, {}), HasSubstr("none: no trial gave a model"));
    for (auto& trial : sweep.trials) trial.state = record::TrialState::pca;
    EXPECT_THAT(format_final_summary(sweep, {}), Not(HasSubstr("best")));
}

TEST(FinalSummary, NamesTheMetricThatDecided) {
    Sweep sweep = make_sweep(testing::made_up_sweep());
    sweep.metric = "regwarp_val_dice";
    EXPECT_THAT(format_final_summary(sweep, {}), HasSubstr("(no trial has regwarp_val_dice)"));
}

TEST(FinalSummary, TimeOfSeveralStartsIsSaidToBeTheirs) {
    const Sweep sweep = make_sweep(testing::made_up_sweep());
    EXPECT_THAT(format_final_summary(sweep, {}), Not(HasSubstr("starts")));
    FinalSummary summary;
    summary.starts = 3;
    summary.seconds = 90;
    EXPECT_THAT(format_final_summary(sweep, summary),
                HasSubstr(" 1 min 30 s in 3 starts on 1 rank"));
}

}  // namespace
}  // namespace msunet::report

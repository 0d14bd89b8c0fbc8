// SPDX-License-Identifier: Apache-2.0
#include "msunet/report/cross_validation.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <regex>

#include "folder.hpp"
#include "msunet/codec/json.hpp"
#include "msunet/core/file.hpp"
#include "msunet/core/text.hpp"
#include "msunet/record/event.hpp"
#include "msunet/report/html.hpp"
#include "msunet/report/results.hpp"
#include "msunet/report/scan_dice.hpp"
#include "msunet/report/t_test.hpp"
#include "msunet/report/tables.hpp"
#include "msunet/report/terminal.hpp"

namespace msunet::report {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::StartsWith;

TEST(StudentProbability, AgreesWithTheDistribution) {
    EXPECT_NEAR(student_probability(1, 1), 0.5, 1e-12) << "Cauchy's";
    EXPECT_NEAR(student_probability(2, 10), 0.0733880348, 1e-9);
    EXPECT_NEAR(student_probability(2.7764451051977987, 4), 0.05, 1e-12);
    EXPECT_NEAR(student_probability(-2.7764451051977987, 4), 0.05, 1e-12);
    EXPECT_NEAR(student_probability(0.5, 14), 0.6248419162, 1e-8);
    EXPECT_NEAR(student_probability(0, 3), 1, 1e-12);
}

TEST(CorrectedTTest, AllowsForScansThatTrainingsShare) {
    const std::vector<double> differences{0.01, 0.02, 0.03, 0.02, 0.01};
    // The plain paired t-test would say 0.0086.
    EXPECT_NEAR(corrected_t_test(differences, 5).value(), 0.0326779233, 1e-9);
    EXPECT_GT(corrected_t_test(differences, 2).value(), 0.05) << "smaller training sets";
    EXPECT_EQ(corrected_t_test(std::vector<double>{0, 0, 0}, 3), 1);
    EXPECT_EQ(corrected_t_test(std::vector<double>{0.5, 0.5, 0.5}, 3), 0);
    EXPECT_FALSE(corrected_t_test(std::vector<double>{0.5}, 3));
}

/// Four permutations on three folds; the last has failed in one.
record::SweepRecord folded() {
    record::SweepStart start;
    start.experiment_name = "cv";
    start.grid["lr"] = {0.1, 0.2, 0.3, 0.4};
    start.metric = "val_dice_coef";
    start.folding = {3, 1};
    start.trials = record::trials_of_permutations(start.folding, {0, 1, 2, 3});
    start.data.pairs = {{.data = "a.nii", .mask = "a.nii", .hash = "", .folds = {0}},
                        {.data = "b.nii", .mask = "b.nii", .hash = "", .folds = {1}}};
    start.at = 1;
    record::SweepRecord record;
    record::update(record, start);
    const std::vector<std::vector<double>> dice{
        {0.90, 0.80, 0.85}, {0.905, 0.79, 0.857}, {0.50, 0.40, 0.45}, {0.95, 0.95, 0.95}};
    for (record::TrialId trial = 0; trial < 12; ++trial) {
        record::TrialFinished event;
        event.result.trial = trial;
        event.result.permutation = record.permutation(trial);
        event.result.started_at = 10 + static_cast<double>(trial);
        event.result.ended_at = 11 + static_cast<double>(trial);
        event.result.duration = 1;
        // Permutation 1 takes one epoch, the others two.
        event.result.history.resize(trial / 3 == 1 ? 1 : 2);
        event.result.history.back().epoch = std::ssize(event.result.history) - 1;
        event.result.history.back().metrics.val_dice_coef = dice[trial / 3][trial % 3];
        if (trial == 10) {
            event.result.state = record::TrialState::failed;
            event.result.reason = "the loss became NaN";
        }
        record::update(record, event);
    }
    return record;
}

TEST(FoldSpreads, MarkWhatCanNotBeToldFromTheBest) {
    const auto spreads = fold_spreads(make_sweep(folded()));
    ASSERT_THAT(spreads, SizeIs(3)) << "without the one that failed";
    EXPECT_EQ(spreads[0].permutation, 1U);
    EXPECT_EQ(spread_text(spreads[0]), "0.8507 ± 0.0578");
    EXPECT_FALSE(spreads[0].probability);
    EXPECT_TRUE(spreads[0].is_equal);
    EXPECT_EQ(spreads[1].permutation, 0U);
    EXPECT_EQ(spread_text(spreads[1]), "0.8500 ± 0.0500");
    EXPECT_GT(spreads[1].probability.value(), 0.5);
    EXPECT_TRUE(spreads[1].is_equal);
    EXPECT_EQ(spreads[2].permutation, 2U);
    EXPECT_LT(spreads[2].probability.value(), 0.01);
    EXPECT_FALSE(spreads[2].is_equal);
    const auto equal = equal_permutations(spreads);
    ASSERT_THAT(equal, SizeIs(2));
    EXPECT_EQ(equal[0].permutation, 1U) << "3 epochs, the other 6";
    EXPECT_EQ(equal[1].epochs, 6);
    EXPECT_THAT(fold_spreads(Sweep{}), SizeIs(0));
}

TEST(FoldsCsv, HasARowForEachTraining) {
    const auto lines = core::split(folds_csv(make_sweep(folded())), '\n');
    ASSERT_THAT(lines, SizeIs(1 + 12 + 1));
    EXPECT_THAT(lines[0], StartsWith("permutation,repeat,fold,trial,state,epochs,loss,dice_coef,"
                                     "jaccard_similarity,val_loss,val_dice_coef"));
    EXPECT_THAT(lines[0], HasSubstr("anatomical_val_dice"));
    EXPECT_THAT(lines[6], StartsWith("1,1,3,5,done,1,"));
    EXPECT_THAT(lines[6], HasSubstr("0.857"));
    EXPECT_THAT(lines[11], StartsWith("3,1,2,10,failed,2,,,"));
    for (const auto& line : lines) {
        if (line.empty()) continue;
        EXPECT_EQ(std::ranges::count(line, ','), std::ranges::count(lines[0], ','));
    }
}

TEST(Folds, AreInTablesSummaryAndPage) {
    const testing::Folder folder;
    const auto record = folded();
    const auto sweep = make_sweep(record);
    write_results(folder.path(), sweep);
    EXPECT_EQ(core::read_file(folder.path() / "folds.csv"), folds_csv(sweep));
    for (const auto* name :
         {"history_permutation1_repeat1_fold3.csv", "modality_permutation3_repeat1_fold1.csv"}) {
        EXPECT_TRUE(std::filesystem::exists(folder.path() / "folds" / name)) << name;
    }
    EXPECT_THAT(core::read_file(folder.path() / "failures.csv"),
                HasSubstr("fold 2 of 3: the loss became NaN"));
    // In one line.
    const auto text = std::regex_replace(format_final_summary(sweep, {}), std::regex("\\s+"), " ");
    EXPECT_THAT(text, AllOf(HasSubstr("permutation 1, val_dice_coef 0.8507"),
                            HasSubstr("0.8507 ± 0.0578 (mean and standard deviation of 3 trials"),
                            HasSubstr("1 (0.8507 ± 0.0578, 3 epochs), 0 (0.8500 ± 0.0500")));
    const auto page = report_html(record);
    const std::string mark = "<script id=\"data\" type=\"application/json\">";
    const auto begin = page.find(mark) + mark.size();
    const auto data =
        nlohmann::json::parse(page.substr(begin, page.find("</script>", begin) - begin));
    EXPECT_EQ(data["folds"]["equal"], nlohmann::json({1, 0}));
    EXPECT_EQ(data["best"], 1);
    EXPECT_EQ(data["trial_count"], 4);
    EXPECT_THAT(data["trials"], SizeIs(4));
    ASSERT_THAT(data["data"]["val_scans"], SizeIs(2)) << "those of all folds";
    EXPECT_EQ(data["data"]["val_scans"][1][0], "b.nii");
}

TEST(Folds, OfASearchCompareWhatHasAllOfThem) {
    auto record = folded();
    record.start.configuration.push_back({"strategy", "halving", core::Affects::result});
    record.start.folding.first_decides = true;
    // Permutations 0 and 3 are stopped after their first fold, though they were good there.
    for (const record::TrialId first : {0U, 9U}) {
        record.trials.at(first).state = record::TrialState::stopped;
        record.trials.at(first).result->state = record::TrialState::stopped;
        record.trials.erase(first + 1);
        record.trials.erase(first + 2);
    }
    const auto sweep = make_sweep(record);
    ASSERT_THAT(sweep.trials, SizeIs(4));
    EXPECT_EQ(sweep.trials[3].state, record::TrialState::stopped);
    EXPECT_EQ(sweep.trial_count, 4U);
    const auto spreads = fold_spreads(sweep);
    ASSERT_THAT(spreads, SizeIs(2));
    EXPECT_EQ(spreads[0].permutation, 1U);
    const auto lines = core::split(folds_csv(sweep), '\n');
    ASSERT_THAT(lines, SizeIs(1 + 8 + 1)) << "what was trained";
    EXPECT_THAT(lines[1], StartsWith("0,1,1,0,stopped,2,"));
    const auto text = std::regex_replace(format_final_summary(sweep, {}), std::regex("\\s+"), " ");
    EXPECT_THAT(text, AllOf(HasSubstr("2 done, 2 stopped by the search"),
                            HasSubstr("better than all others that have all folds")));
    const auto page = report_html(record);
    EXPECT_THAT(page, AllOf(HasSubstr("\"stopped\":[0,3]"), HasSubstr("\"on_other_folds\":4")));
}

/// Writes the file of a trial.
void write_scans(const std::filesystem::path& folder, record::TrialId trial,
                 const std::vector<ScanDice>& scans) {
    core::make_directories(folder / record::trial_folder(trial));
    core::write_file_atomically(folder / record::trial_folder(trial) / scan_dice_file_name,
                                codec::to_json(scans));
}

TEST(ReadScanDice, WithFoldsHasEachScanByTheModelsThatWereNotTrainedOnIt) {
    record::SweepStart start;
    start.grid["lr"] = {0.1, 0.2};
    start.metric = "val_dice_coef";
    start.folding = {2, 2};
    start.trials = record::trials_of_permutations(start.folding, {0, 1});
    record::SweepRecord record;
    record::update(record, start);
    for (const record::TrialId trial : start.trials) {
        record::TrialFinished event;
        event.result.trial = trial;
        event.result.history.emplace_back().metrics.val_dice_coef = trial < 4 ? 0.5 : 0.6;
        record::update(record, event);
    }
    const auto dti = core::Modality::dti;
    const testing::Folder folder;
    write_scans(folder.path(), 0, {{"a.nii", dti, 0.1}});
    write_scans(folder.path(), 4, {{"a.nii", dti, 0.5, 1.0, 0.7, 0.1}});
    write_scans(folder.path(), 5, {{"b.nii", dti, 0.9, 2.0, 0.9, 0.1}});
    write_scans(folder.path(), 6, {{"b.nii", dti, 0.7, {}, 0.7, 0.1}});
    EXPECT_THAT(read_scan_dice(folder.path(), record), SizeIs(0)) << "one training is missing";
    write_scans(folder.path(), 7, {{"a.nii", dti, 0.7, 3.0, 0.9, 0.1}});
    const auto scans = read_scan_dice(folder.path(), record);
    ASSERT_THAT(scans, SizeIs(2));
    EXPECT_EQ(scans[0].scan, "a.nii");
    EXPECT_DOUBLE_EQ(scans[0].dice, 0.6);
    EXPECT_DOUBLE_EQ(scans[0].hausdorff95.value(), 2);
    EXPECT_DOUBLE_EQ(scans[0].surface_dice.value(), 0.8);
    EXPECT_DOUBLE_EQ(scans[1].dice, 0.8);
    EXPECT_FALSE(scans[1].hausdorff95) << "one repeat has none";
}

TEST(Folds, SummarySpeaksOfPermutations) {
    auto record = folded();
    record.start.metric = "fmri_val_dice";
    EXPECT_THAT(format_final_summary(make_sweep(record), {}),
                HasSubstr("(no permutation has fmri_val_dice)"));
}

TEST(Folds, SummarySaysWhoseWholeMasksTheyAre) {
    FinalSummary summary;
    summary.whole_masks = "all 0.97 (2 scans)";
    const auto text = format_final_summary(make_sweep(folded()), summary);
    EXPECT_THAT(text, HasSubstr("each scan by the model that was trained"));
}

TEST(Folds, SayThatNoPermutationHasAllOfThem) {
    auto record = folded();
    EXPECT_FALSE(lacks_model(make_sweep(record)));
    // Two of three trials of permutation 1, one of permutation 0.
    std::erase_if(record.trials, [](const auto& entry) {
        return entry.first != 1 && entry.first != 3 && entry.first != 5;
    });
    const auto sweep = make_sweep(record);
    EXPECT_TRUE(lacks_model(sweep));
    EXPECT_TRUE(lacks_folds(sweep));
    EXPECT_EQ(missing_model_text(sweep),
              "no permutation has all of its folds yet (2 of 3 trained)");
    EXPECT_THAT(format_final_summary(sweep, {}),
                HasSubstr("none: no permutation has all of its folds yet (2 of 3 trained)"));
}

}  // namespace
}  // namespace msunet::report

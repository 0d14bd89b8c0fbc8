// SPDX-License-Identifier: Apache-2.0
// The tables against files that the Python trainer wrote: the same bytes but for two cells that
// hold addresses of Python objects there.
#include "msunet/report/tables.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "msunet/core/file.hpp"
#include "msunet/core/text.hpp"
#include "support/csv.hpp"
#include "support/reference.hpp"
#include "unit/report/folder.hpp"
#include "unit/report/made_up_sweep.hpp"

namespace msunet::report {
namespace {

/// A file that the Python trainer wrote.
std::filesystem::path example(const std::string& name) { return test::reference("talos/" + name); }

const char* const summary_example = "112326090851.csv";
const char* const results_example = "model_deployexperiment1795424930.852894_results.csv";

// The Python trainer's sweep, filled from its own tables.
Sweep python_sweep() {
    Sweep sweep = make_sweep(testing::made_up_sweep());
    sweep.trials.clear();
    sweep.grid.clear();
    const test::CsvTable table = test::read_csv(example(results_example));
    const auto cell = [&](const std::vector<std::string>& row, std::string_view name) {
        const auto column = std::ranges::find(table.header, name) - table.header.begin();
        return row.at(static_cast<std::size_t>(column));
    };
    const auto real = [&](const std::vector<std::string>& row, std::string_view name) {
        return core::to_double(cell(row, name)).value();
    };
    double start = 1795424931.9;
    for (const auto& row : table.rows) {
        record::TrialResult trial;
        trial.trial = sweep.trials.size();
        for (const char* name : {"batch_size", "epochs", "which_layer", "lr", "dropout",
                                 "contractingBatchNormTrainable", "scoreTrainable", "patch_stride",
                                 "modality_weight", "weight_factor"}) {
            trial.permutation[name] = core::value_of_word(cell(row, name));
        }
        trial.patch_size = cell(row, "patch_dimensions");
        trial.started_at = start;
        trial.duration = real(row, "duration");
        start += trial.duration;
        trial.ended_at = start;
        start += 0.4;
        trial.history.resize(static_cast<std::size_t>(real(row, "round_epochs")));
        trial.history.back().metrics = record::Metrics{
            real(row, "loss"),     real(row, "dice_coef"),     real(row, "jaccard_similarity"),
            real(row, "val_loss"), real(row, "val_dice_coef"), real(row, "val_jaccard_similarity")};
        for (const auto& [name, value] : trial.permutation) sweep.grid[name] = {value};
        sweep.trials.push_back(trial);
    }
    return sweep;
}

// Class and function texts of Python become the names that we write.
std::string with_names(std::string text) {
    for (const auto& [from, to] :
         {std::pair{"<function dice_coef_loss at 0x7f0f581e14e0>", "dice_coef_loss"},
          std::pair{"<class 'keras.src.optimizers.adam.Adam'>", "Adam"}}) {
        for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from)) {
            text.replace(at, std::string_view(from).size(), to);
        }
    }
    return text;
}

TEST(Tables, SummaryIsThePythonTrainersToTheByte) {
    EXPECT_EQ(summary_csv(python_sweep()), with_names(core::read_file(example(summary_example))));
}

TEST(Tables, DeployResultsAreThePythonTrainersToTheByte) {
    EXPECT_EQ(deploy_results_csv(python_sweep()),
              with_names(core::read_file(example(results_example))));
}

TEST(Tables, HistoryIsThePythonTrainersToTheByte) {
    for (const char* name :
         {"talos_scan_history_1795424942.4791353.csv", "talos_scan_history_1795425614.86297.csv"}) {
        const test::CsvTable table = test::read_csv(example(name));
        record::TrialResult trial;
        for (const auto& row : table.rows) {
            const auto real = [&](std::size_t i) { return core::to_double(row.at(i)).value(); };
            record::EpochReport epoch;
            epoch.epoch = core::to_integer(row.at(0)).value();
            epoch.metrics = record::Metrics{real(1), real(2), real(3), real(4), real(5), real(6)};
            trial.history.push_back(epoch);
        }
        EXPECT_EQ(history_csv(trial, true), core::read_file(example(name)));
    }
}

TEST(Tables, ModalityResultsAreThePythonTrainersToTheByte) {
    for (const char* name :
         {"modality_results_1795424932.163783.csv", "modality_results_1795425578.631901.csv"}) {
        const test::CsvTable table = test::read_csv(example(name));
        record::TrialResult trial;
        for (const auto& row : table.rows) {
            record::ModalityRow dice;
            for (std::size_t i = 0; i < core::modality_count; ++i) {
                dice.dice.val[i] = core::to_double(row.at(1 + i));
                dice.dice.train[i] = core::to_double(row.at(1 + core::modality_count + i));
            }
            trial.modality.push_back(dice);
        }
        EXPECT_EQ(modality_csv(trial), core::read_file(example(name)));
    }
}

TEST(Tables, MetricsAreReprsOfWidenedFloats) {
    record::TrialResult trial;
    trial.history.resize(1);
    trial.history[0].metrics = record::Metrics{static_cast<double>(0.1F), 1, 1e-5, {}, {}, {}};
    EXPECT_EQ(history_csv(trial, false),
              ",loss,dice_coef,jaccard_similarity\n0,0.10000000149011612,1.0,1e-05\n");
}

TEST(Tables, WithoutValidationTheValColumnsAreAbsent) {
    const Sweep sweep = make_sweep(testing::made_up_sweep({.validation = false}));
    const test::CsvTable table = test::parse_csv(summary_csv(sweep), "summary");
    EXPECT_EQ(table.header[3], "jaccard_similarity");
    EXPECT_EQ(table.header[4], "batch_size");
    EXPECT_EQ(sweep.metric, "dice_coef");
    const test::CsvTable dice = test::parse_csv(modality_csv(sweep.trials.front()), "modality");
    EXPECT_EQ(dice.header[1], "anatomical_val_dice");
    EXPECT_EQ(dice.rows.at(0).at(1), "");
    EXPECT_NE(dice.rows.at(0).at(6), "");
}

TEST(Tables, FailedAndPcaRowsStayWithEmptyMetrics) {
    const Sweep sweep =
        make_sweep(testing::made_up_sweep({.learning_rates = 3, .failures = true, .pca = true}));
    const test::CsvTable table = test::parse_csv(summary_csv(sweep), "summary");
    ASSERT_EQ(table.rows.size(), 12U);
    std::size_t empty = 0;
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
        const bool trained = sweep.trials[i].state == record::TrialState::done;
        for (std::size_t column = 1; column <= 6; ++column) {
            EXPECT_EQ(table.rows[i][column].empty(), !trained) << i;
        }
        empty += trained ? 0 : 1;
    }
    EXPECT_EQ(empty, 6U);
}

TEST(Tables, ATrialWhoseRankDiedHasThePatchOfTheOthers) {
    Sweep sweep = make_sweep(testing::made_up_sweep({.learning_rates = 3, .failures = true}));
    sweep.trials.at(5).patch_size.clear();
    EXPECT_EQ(table_parameters(sweep, sweep.trials.at(5)).at("patch_dimensions"),
              core::Value(sweep.trials.at(0).patch_size));
}

TEST(Tables, FailuresNameIdRankAndReason) {
    Sweep sweep = make_sweep(testing::made_up_sweep({.learning_rates = 3, .failures = true}));
    const test::CsvTable table = test::parse_csv(failures_csv(sweep), "failures");
    ASSERT_EQ(table.rows.size(), 1U);
    EXPECT_EQ(table.header.front(), "id");
    EXPECT_EQ(table.rows[0].front(), "5");
    EXPECT_EQ(table.header.back(), "reason");
    EXPECT_EQ(table.rows[0].back(), sweep.trials.at(5).reason);
    sweep.trials.at(5).state = record::TrialState::done;
    EXPECT_EQ(failures_csv(sweep), "");
}

TEST(Tables, WithRestoreBestTheRowIsTheBestEpochs) {
    Sweep sweep = make_sweep(testing::made_up_sweep());
    sweep.trials.resize(1);
    sweep.trials[0].best_epoch = 0;
    const test::CsvTable table = test::parse_csv(summary_csv(sweep), "summary");
    EXPECT_EQ(table.rows[0][0], "3");
    EXPECT_EQ(table.rows[0][1], core::python_repr(sweep.trials[0].history[0].metrics.loss));
}

}  // namespace
}  // namespace msunet::report

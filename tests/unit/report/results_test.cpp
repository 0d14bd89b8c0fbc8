// SPDX-License-Identifier: Apache-2.0
#include "msunet/report/results.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "msunet/core/file.hpp"
#include "msunet/report/environment.hpp"
#include "msunet/report/tables.hpp"
#include "unit/report/folder.hpp"
#include "unit/report/made_up_sweep.hpp"

namespace msunet::report {
namespace {

using ::testing::HasSubstr;
namespace fs = std::filesystem;

std::set<std::string> files_in(const fs::path& folder) {
    std::set<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder)) {
        names.insert(entry.path().filename().string());
    }
    return names;
}

TEST(Results, NamesComeFromTheJournalsTimes) {
    Sweep sweep = make_sweep(testing::made_up_sweep());
    sweep.started_at = 1795424931;
    sweep.trials.resize(1);
    sweep.trials[0].started_at = 1795424932.163783;
    sweep.trials[0].ended_at = 1795424942.4791353;
    const ResultNames names = result_names(sweep);
    EXPECT_EQ(names.summary, "112326090851.csv");
    EXPECT_EQ(names.archive, "model_deployexperiment1795424930.852894.zip");
    EXPECT_EQ(names.trials.at(0).modality_results, "modality_results_1795424932.163783.csv");
    EXPECT_EQ(names.trials.at(0).scan_history, "talos_scan_history_1795424942.4791353.csv");
    sweep.utc_offset = 3600;
    EXPECT_EQ(result_names(sweep).summary, "112326100851.csv");
}

TEST(Results, TimesThatCoincideGetNamesOfTheirOwn) {
    Sweep sweep = make_sweep(testing::made_up_sweep({.learning_rates = 20}));
    for (auto& trial : sweep.trials) trial.started_at = trial.ended_at = 1795424932.25;
    const ResultNames names = result_names(sweep);
    std::set<std::string> all;
    for (const auto& [id, files] : names.trials) {
        all.insert(files.modality_results);
        all.insert(files.scan_history);
    }
    EXPECT_EQ(all.size(), 2 * sweep.trials.size());
    EXPECT_EQ(names.trials.at(0).modality_results, "modality_results_1795424932.25.csv");
    EXPECT_EQ(result_names(sweep).trials.at(7).scan_history, names.trials.at(7).scan_history);
}

TEST(Results, WritesAllTablesAndRemovesThePartialOne) {
    const testing::Folder folder;
    const Sweep sweep = make_sweep(testing::made_up_sweep());
    write_partial_results(folder.path(), sweep);
    EXPECT_EQ(files_in(folder.path()), std::set<std::string>{"results.partial.csv"});
    const ResultNames names = write_results(folder.path(), sweep);
    std::set<std::string> expected{names.summary, "permutations.csv"};
    for (const auto& [id, files] : names.trials) {
        expected.insert(files.modality_results);
        expected.insert(files.scan_history);
    }
    EXPECT_EQ(files_in(folder.path()), expected);
    EXPECT_EQ(core::read_file(folder.path() / names.summary), summary_csv(sweep));
    EXPECT_EQ(core::read_file(folder.path() / names.trials.at(2).scan_history),
              history_csv(sweep.trials.at(2), true));
}

TEST(Results, ARetriedTrialLeavesNoOldFiles) {
    const testing::Folder folder;
    Sweep sweep = make_sweep(testing::made_up_sweep({.learning_rates = 3, .failures = true}));
    const ResultNames before = write_results(folder.path(), sweep);
    EXPECT_TRUE(fs::exists(folder.path() / "failures.csv"));
    sweep.trials.at(5).state = record::TrialState::done;
    sweep.trials.at(5).ended_at += 100;
    write_results(folder.path(), sweep);
    EXPECT_FALSE(fs::exists(folder.path() / "failures.csv"));
    EXPECT_FALSE(fs::exists(folder.path() / before.trials.at(5).scan_history));
    EXPECT_EQ(files_in(folder.path()).size(), 2 + 2 * sweep.trials.size());
}

TEST(Results, AForeignFileInTheFolderStays) {
    const testing::Folder folder;
    std::ofstream(folder.path() / "modality_results_notes.txt") << "mine";
    write_results(folder.path(), make_sweep(testing::made_up_sweep()));
    EXPECT_TRUE(fs::exists(folder.path() / "modality_results_notes.txt"));
}

TEST(Environment, NamesVersionsNodesAndSeed) {
    const testing::Folder folder;
    Environment environment;
    environment.versions = {{"msunet", "0.1.0"}, {"HDF5", "1.10.8"}, {"cuda", std::nullopt}};
    environment.command = {"msunet", "-n", "a \"b\""};
    environment.nodes = {
        {"node1", 2, 64, {{"NVIDIA H100", "GPU-5a1b", {0, 3}}}, "AMD EPYC 9B45, AVX512"}};
    environment.seed = 42;
    environment.start_weights_hash = "a1b2";
    write_environment(folder.path(), environment);
    const std::string text = core::read_file(folder.path() / "environment.json");
    EXPECT_THAT(text, HasSubstr("\"HDF5\": \"1.10.8\""));
    EXPECT_THAT(text, HasSubstr("\"cuda\": null"));
    const auto node = nlohmann::json::parse(text)["nodes"][0];
    EXPECT_EQ(node["processor"], "AMD EPYC 9B45, AVX512");
    EXPECT_EQ(node["devices"][0],
              (nlohmann::json{{"name", "NVIDIA H100"}, {"uuid", "GPU-5a1b"}, {"ranks", {0, 3}}}));
    EXPECT_THAT(text, HasSubstr("\"seed\": 42"));
    EXPECT_THAT(text, HasSubstr("\"processor\": \"AMD EPYC 9B45, AVX512\""));
    EXPECT_THAT(text, HasSubstr("\"start_weights_hash\": \"a1b2\""));
    EXPECT_THAT(text, HasSubstr("a \\\"b\\\""));
    const auto machine = nlohmann::json::parse(machine_json(environment));
    EXPECT_EQ(machine["processor"], "AMD EPYC 9B45, AVX512");
    EXPECT_FALSE(machine.contains("seed"));
    EXPECT_FALSE(machine.contains("start_weights_hash"));
    write_config(folder.path(), "seed: 42\n");
    EXPECT_EQ(core::read_file(folder.path() / "config.yaml"), "seed: 42\n");
}

}  // namespace
}  // namespace msunet::report

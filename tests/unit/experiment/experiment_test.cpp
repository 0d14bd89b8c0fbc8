// SPDX-License-Identifier: Apache-2.0
#include "msunet/experiment/experiment.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "msunet/core/error.hpp"
#include "msunet/core/file.hpp"

namespace msunet::experiment {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

class Experiment : public testing::Test {
protected:
    void SetUp() override {
        folder_ = fs::temp_directory_path() /
                  ("msunet_experiment_" + std::to_string(getpid()) + "_" +
                   testing::UnitTest::GetInstance()->current_test_info()->name());
        fs::create_directories(folder_);
    }
    void TearDown() override { fs::remove_all(folder_); }

    static record::SweepStart start(const std::string& lr, double at) {
        record::SweepStart first;
        first.experiment_name = "rats";
        first.configuration = {{"dropout", lr, core::Affects::result}};
        first.trials = {0};
        first.metric = "dice_coef";
        first.owner = {"elsewhere", 1, ""};
        first.at = at;
        return first;
    }

    void make(const std::string& name, const record::SweepStart& first) const {
        fs::create_directories(folder_ / name);
        record::Journal::create(folder_ / name / record::journal_name, first).sync();
    }

    ExperimentChoice choose(std::optional<std::string> name, const std::string& resume,
                            const record::SweepStart& current) const {
        settings::Resume parsed;
        EXPECT_TRUE(from_text(resume, parsed));
        return choose_experiment({folder_, std::move(name), parsed, watch(current.at)}, current);
    }

    static JournalWatch watch(double now) {
        return {.waits = false,
                .now = [now] { return now; },
                .sleep = [](double) {},
                .runs = [](std::int64_t) { return true; },
                .job_runs = [](const std::string&) { return std::nullopt; }};
    }

    std::string refusal(std::optional<std::string> name, const std::string& resume,
                        const record::SweepStart& current) const {
        try {
            choose(std::move(name), resume, current);
        } catch (const core::UsageError& error) {
            return error.what();
        }
        return "nothing was refused";
    }

    static core::ExitCode early_refusal(const ExperimentRequest& request) {
        try {
            check_folders(request);
            return core::ExitCode::ok;
        } catch (const core::Error& error) {
            return error.code();
        }
    }

    fs::path folder_;
};

constexpr double long_ago = 1000;
constexpr double later = 2000;

TEST_F(Experiment, NewNameMakesAFolder) {
    auto choice = choose("rats", "auto", start("0.5", later));
    EXPECT_EQ(choice.folder, folder_ / "rats");
    EXPECT_FALSE(choice.replay);
    EXPECT_TRUE(fs::is_empty(folder_)) << "choosing writes nothing";
    make_experiment_folder(choice);
    EXPECT_TRUE(fs::is_directory(folder_ / "rats"));
    make_experiment_folder(choice);  // one that is empty may be there
}

TEST_F(Experiment, NameOfAnUnfinishedOneIsResumed) {
    make("rats", start("0.5", long_ago));
    EXPECT_TRUE(choose("rats", "auto", start("0.5", later)).replay);
}

TEST_F(Experiment, ChangedConfigurationIsRefusedWithTheDifference) {
    make("rats", start("0.5", long_ago));
    const auto text = refusal("rats", "auto", start("0.25", later));
    EXPECT_THAT(text, HasSubstr("0.5"));
    EXPECT_THAT(text, HasSubstr("0.25"));
}

TEST_F(Experiment, OneThatIsInUseIsNamed) {
    make("rats", start("0.5", later - 10));
    EXPECT_THAT(refusal("rats", "auto",
                        [] {
                            auto current = start("0.5", later);
                            current.owner = {"here", 2, ""};
                            return current;
                        }()),
                HasSubstr("elsewhere"));
}

TEST_F(Experiment, WithoutANameTheNewestFittingOneIsResumed) {
    make("old", start("0.5", long_ago));
    make("newer", start("0.5", long_ago + 1));
    make("other", start("0.25", long_ago + 2));
    EXPECT_EQ(choose({}, "auto", start("0.5", later)).folder, folder_ / "newer");
    const auto fresh = choose({}, "auto", start("0.125", later));
    EXPECT_FALSE(fresh.replay);
    EXPECT_EQ(fresh.folder, folder_ / "experiment2000");
}

TEST_F(Experiment, AnUnfinishedOneOfAnOlderReleaseIsRefused) {
    make("rats", start("0.5", long_ago));
    const fs::path journal = folder_ / "rats" / record::journal_name;
    std::string text = core::read_file(journal);
    const std::string version = "\"version\":2";
    text.replace(text.find(version), version.size(), "\"version\":1");
    std::ofstream(journal) << text;
    const auto current = start("0.5", later);
    EXPECT_THAT(refusal("rats", "auto", current), HasSubstr("finish it with msunet 0.1"));
    EXPECT_THAT(refusal({}, "auto", current), HasSubstr("finish it with msunet 0.1"));
    std::ofstream(journal, std::ios::app) << R"({"event":"finished","at":1001})"
                                          << "\n";
    EXPECT_TRUE(choose("rats", "auto", current).replay);
}

record::SweepStart with_rates(std::vector<core::Value> rates, record::SweepStart start) {
    start.trials.clear();
    for (record::TrialId id = 0; id < rates.size(); ++id) start.trials.push_back(id);
    start.grid["lr"] = std::move(rates);
    return start;
}

TEST_F(Experiment, ALargerGridExtendsWhereThatIsAsked) {
    make("rats", with_rates({0.1}, start("0.5", long_ago)));
    const auto current = with_rates({0.2, 0.1}, start("0.5", later));
    const auto request = [&](std::optional<std::string> name, bool asked) {
        return ExperimentRequest{folder_, std::move(name), {}, watch(later), {.asked = asked}};
    };
    EXPECT_THAT(refusal("rats", "auto", current), HasSubstr("--extend True"));
    for (const auto& name : {std::optional<std::string>("rats"), std::optional<std::string>()}) {
        const auto choice = choose_experiment(request(name, true), current);
        EXPECT_EQ(choice.folder, folder_ / "rats");
        ASSERT_TRUE(choice.extension);
        EXPECT_EQ(choice.extension->trials, (std::vector<record::TrialId>{1, 0}));
    }
    EXPECT_FALSE(choose_experiment(request({}, false), current).replay);
    EXPECT_FALSE(choose_experiment(request("mice", true), current).replay);
    const auto same = with_rates({0.1}, start("0.5", later));
    EXPECT_FALSE(choose_experiment(request("rats", true), same).extension);
    auto obstructed = request("rats", false);
    obstructed.extension.obstacle = "--shard 1/2";
    try {
        (void)choose_experiment(obstructed, current);
        ADD_FAILURE() << "nothing was refused";
    } catch (const core::UsageError& error) {
        EXPECT_THAT(error.what(), Not(HasSubstr("--extend")));
    }
}

TEST_F(Experiment, OnlyALargerGridIsCalledOne) {
    auto recorded = start("0.5", long_ago);
    recorded.grid["optimizer"] = {"adam", "SGD"};
    recorded.trials = {0, 1};
    make("rats", recorded);
    auto current = start("0.5", later);
    current.trials = {0, 1};
    const sweep::ExtensionValues values{
        {}, [](std::string_view, const core::Value& value) {
            return value == core::Value("Adam") ? core::Value("adam") : value;
        }};
    ExperimentRequest request{folder_, "rats", {}, watch(later), {}};
    request.extension.values = values;
    const auto message = [&](std::vector<core::Value> optimizers) {
        current.grid["optimizer"] = std::move(optimizers);
        try {
            (void)choose_experiment(request, current);
        } catch (const core::UsageError& error) {
            return std::string(error.what());
        }
        return std::string("nothing was refused");
    };
    EXPECT_THAT(message({"Adam", "SGD"}), HasSubstr("same permutations"));
    EXPECT_THAT(message({"SGD", "adam"}), HasSubstr("another configuration"));
    current.trials = {0, 1, 2};
    EXPECT_THAT(message({"Adam", "SGD", "Lion"}), HasSubstr("smaller grid"));
}

TEST_F(Experiment, AnExtensionWhoseTargetIsReachedIsRefused) {
    auto recorded = with_rates({0.1}, start("0.5", long_ago));
    fs::create_directories(folder_ / "rats");
    auto journal = record::Journal::create(folder_ / "rats" / record::journal_name, recorded);
    record::TrialFinished ended;
    ended.result.state = record::TrialState::done;
    ended.result.history.emplace_back().metrics.dice_coef = 0.75;
    journal.append(ended);
    journal.sync();
    const auto current = with_rates({0.1, 0.2}, start("0.5", later));
    ExperimentRequest request{folder_, "rats", {}, watch(later), {.asked = true}};
    const auto choose_with = [&](double value) {
        request.extension.target = sweep::PerformanceTarget{"dice_coef", value};
        return choose_experiment(request, current);
    };
    EXPECT_TRUE(choose_with(0.8).extension);
    try {
        (void)choose_with(0.7);
        ADD_FAILURE() << "nothing was refused";
    } catch (const core::UsageError& error) {
        EXPECT_THAT(error.what(), HasSubstr("--performance_target dice_coef,0.7: trial 0 has "
                                            "reached it (dice_coef 0.75)"));
    }
    // Nothing is suggested that the next start would refuse.
    request.extension.asked = false;
    try {
        (void)choose_with(0.7);
        ADD_FAILURE() << "nothing was refused";
    } catch (const core::UsageError& error) {
        EXPECT_THAT(error.what(), Not(HasSubstr("--extend")));
    }
}

TEST_F(Experiment, WithFoldsAnExtensionsTargetIsTestedOnMeans) {
    auto recorded = with_rates({0.1}, start("0.5", long_ago));
    recorded.folding = {2, 1};
    recorded.trials = {0, 1};
    fs::create_directories(folder_ / "rats");
    auto journal = record::Journal::create(folder_ / "rats" / record::journal_name, recorded);
    for (const record::TrialId trial : {0U, 1U}) {
        record::TrialFinished ended;
        ended.result.trial = trial;
        ended.result.state = record::TrialState::done;
        ended.result.history.emplace_back().metrics.dice_coef = trial == 0 ? 0.9 : 0.5;
        journal.append(ended);
    }
    journal.sync();
    auto current = with_rates({0.1, 0.2}, start("0.5", later));
    current.folding = {2, 1};
    current.trials = {0, 1, 2, 3};
    ExperimentRequest request{folder_, "rats", {}, watch(later), {.asked = true}};
    request.extension.target = sweep::PerformanceTarget{"dice_coef", 0.8};
    EXPECT_TRUE(choose_experiment(request, current).extension);
    request.extension.target = sweep::PerformanceTarget{"dice_coef", 0.6};
    try {
        (void)choose_experiment(request, current);
        ADD_FAILURE() << "nothing was refused";
    } catch (const core::UsageError& error) {
        EXPECT_THAT(error.what(), HasSubstr("permutation 0 has reached it (dice_coef 0.7)"));
    }
}

TEST_F(Experiment, AFinishedOneOfAnOlderReleaseIsNotExtended) {
    make("rats", with_rates({0.1}, start("0.5", long_ago)));
    const fs::path journal = folder_ / "rats" / record::journal_name;
    std::string text = core::read_file(journal);
    const std::string version = "\"version\":2";
    text.replace(text.find(version), version.size(), "\"version\":1");
    std::ofstream(journal) << text << R"({"event":"finished","at":1001})"
                           << "\n";
    const auto current = with_rates({0.1, 0.2}, start("0.5", later));
    ExperimentRequest request{folder_, "rats", {}, watch(later), {.asked = true}};
    EXPECT_THROW((void)choose_experiment(request, current), core::UsageError);
    request.name.reset();
    EXPECT_FALSE(choose_experiment(request, current).replay);
}

TEST_F(Experiment, NeverStartsInANewFolder) {
    make("rats", start("0.5", long_ago));
    auto second = choose("rats", "never", start("0.5", later));
    auto third = second;
    EXPECT_EQ(second.folder, folder_ / "rats_2");
    make_experiment_folder(second);
    // Another start was faster.
    make_experiment_folder(third);
    EXPECT_EQ(third.folder, folder_ / "rats_3");
    EXPECT_EQ(third.name, "rats_3");
}

TEST_F(Experiment, FolderThatIsNoExperimentIsRefused) {
    fs::create_directories(folder_ / "photos");
    std::ofstream(folder_ / "photos" / "a.jpg") << "x";
    EXPECT_THAT(refusal("photos", "auto", start("0.5", later)), HasSubstr("is no experiment"));
    EXPECT_THAT(refusal({}, (folder_ / "photos").string(), start("0.5", later)),
                HasSubstr("is no experiment"));
    // Before anything is known about the sweep, too.
    const settings::Resume photos{settings::Resume::Kind::folder, (folder_ / "photos").string()};
    EXPECT_EQ(early_refusal({folder_, "photos", {}, watch(later)}), core::ExitCode::usage);
    EXPECT_EQ(early_refusal({folder_, {}, photos, watch(later)}), core::ExitCode::usage);
    const settings::Resume never{settings::Resume::Kind::never, {}};
    EXPECT_EQ(early_refusal({folder_, "photos", never, watch(later)}), core::ExitCode::ok);
}

TEST_F(Experiment, OneThatAnotherStartHasBegunMeanwhileIsRefused) {
    auto choice = choose("rats", "auto", start("0.5", later));
    make("rats", start("0.5", later));
    EXPECT_THROW(make_experiment_folder(choice), core::UsageError);
}

TEST_F(Experiment, OutputFolderThatCannotBeWrittenIsRefused) {
    std::ofstream(folder_ / "file") << "x";
    EXPECT_EQ(early_refusal({folder_ / "file" / "below", {}, {}, watch(later)}),
              core::ExitCode::usage);
    EXPECT_EQ(early_refusal({folder_ / "made" / "below", "rats", {}, watch(later)}),
              core::ExitCode::ok);
    EXPECT_FALSE(fs::exists(folder_ / "made")) << "a check leaves nothing";
    auto choice = choose_experiment({folder_ / "made" / "below", "rats", {}, watch(later)},
                                    start("1", later));
    make_experiment_folder(choice);
    EXPECT_TRUE(fs::is_empty(folder_ / "made" / "below" / "rats"));
}

}  // namespace
}  // namespace msunet::experiment

// SPDX-License-Identifier: Apache-2.0
#include "msunet/record/trial_folder.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include "msunet/core/file.hpp"
#include "samples.hpp"

namespace msunet::record {
namespace {

namespace fs = std::filesystem;

/// A journal of six trials in a folder that is deleted at the end.
class TrialFolder : public testing::Test {
protected:
    TrialFolder()
        : experiment_(fs::temp_directory_path() /
                      ("msunet_trial_folder_" + std::to_string(::getpid()))) {
        fs::remove_all(experiment_);
        for (TrialId trial = 0; trial < 3; ++trial) fs::create_directories(of(trial));
        journal_.emplace(Journal::create(experiment_ / journal_name, sample_start()));
    }
    ~TrialFolder() override {
        journal_.reset();
        fs::remove_all(experiment_);
    }

    [[nodiscard]] fs::path of(TrialId trial) const { return experiment_ / trial_folder(trial); }
    [[nodiscard]] const SweepRecord& record() const { return journal_->record(); }

    fs::path experiment_;
    std::optional<Journal> journal_;
};

TEST_F(TrialFolder, MarksTellWhichTrialsRanUnrecorded) {
    mark_running(of(0), 2);
    mark_running(of(1), 3);
    mark_running(of(2), 4);
    unmark_running(of(2));
    journal_->append(TrialStarted{1, 3, "", 1001});
    const auto starts = unrecorded_starts(record(), experiment_);
    ASSERT_EQ(starts.size(), 1U);
    EXPECT_EQ(starts[0].trial, 0U);
    EXPECT_EQ(starts[0].rank, 2);
}

TEST_F(TrialFolder, LeftoversOfADeadJobGo) {
    mark_running(of(1), 3);
    const auto unfinished = of(1) / ".checkpoint.h5.here.1.0.tmp";
    core::write_file_atomically(unfinished, "half");
    core::write_file_atomically(of(1) / "log.txt", "kept");
    remove_leftovers(experiment_);
    EXPECT_TRUE(unrecorded_starts(record(), experiment_).empty());
    EXPECT_FALSE(fs::exists(unfinished));
    EXPECT_TRUE(fs::exists(of(1) / "log.txt"));
}

TEST_F(TrialFolder, ResultsThatTheJournalLacksAreAdopted) {
    journal_->append(TrialStarted{1, 3, "", 1001});
    journal_->append(TrialStarted{2, 3, "", 1001});
    write_result(of(1), sample_result(1));
    // A result of another trial is not this one's.
    write_result(of(2), sample_result(5));
    adopt_results(*journal_, experiment_);
    ASSERT_NE(record().result(1), nullptr);
    EXPECT_EQ(*record().result(1), sample_result(1));
    EXPECT_EQ(record().result(2), nullptr);
}

TEST_F(TrialFolder, ResultsOfAllThatATrainingServesAreAdopted) {
    journal_.reset();
    fs::remove(experiment_ / journal_name);
    auto start = sample_start();
    start.shared = {{0, 2}};
    journal_.emplace(Journal::create(experiment_ / journal_name, start));
    journal_->append(TrialStarted{0, 3, "", 1001});
    write_result(of(0), sample_result(0));
    write_result(of(2), sample_result(2));
    adopt_results(*journal_, experiment_);
    EXPECT_NE(record().result(0), nullptr);
    EXPECT_NE(record().result(2), nullptr);
}

TEST_F(TrialFolder, FailedTrialsRunAgain) {
    auto failed = sample_result(1);
    failed.state = TrialState::failed;
    for (const auto& result : {failed, sample_result(2)}) {
        journal_->append(TrialStarted{result.trial, 3, "", 1001});
        write_result(of(result.trial), result);
        journal_->append(TrialFinished{result, 1002});
    }
    retry_failed(*journal_, experiment_);
    EXPECT_EQ(record().result(1), nullptr);
    EXPECT_NE(record().result(2), nullptr);
    adopt_results(*journal_, experiment_);
    EXPECT_EQ(record().result(1), nullptr) << "its file was left behind";
}

}  // namespace
}  // namespace msunet::record

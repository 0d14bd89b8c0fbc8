// SPDX-License-Identifier: Apache-2.0
#include "msunet/record/journal.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <functional>

#include "msunet/codec/json.hpp"
#include "msunet/core/error.hpp"
#include "msunet/core/file.hpp"
#include "msunet/core/random.hpp"
#include "msunet/record/fields.hpp"
#include "samples.hpp"

namespace msunet::record {
namespace {

namespace fs = std::filesystem;

class JournalTest : public testing::Test {
protected:
    void SetUp() override {
        folder_ = fs::temp_directory_path() / ("msunet-journal-" + core::unique_suffix());
        fs::create_directory(folder_);
        file_ = folder_ / journal_name;
    }
    void TearDown() override { fs::remove_all(folder_); }

    void add_text(std::string_view text) const { std::ofstream(file_, std::ios::app) << text; }

    /// A journal with a start, a trial that ran, and its result.
    void write_some() const {
        Journal journal = Journal::create(file_, sample_start());
        journal.append(TrialStarted{1, 0, "", 1001});
        journal.append(TrialFinished{sample_result(1), 1002});
    }

    static Resumed resumed() { return {{"n2", 8, ""}, sample_world(), 2000}; }

    fs::path folder_;
    fs::path file_;
};

std::string message_of(const std::function<void()>& call) {
    try {
        call();
    } catch (const core::Error& error) {
        EXPECT_EQ(error.code(), core::ExitCode::usage);
        return error.what();
    }
    return "";
}

TEST_F(JournalTest, ReplaysWhatWasAppended) {
    write_some();
    const Replay read = replay(file_);
    EXPECT_EQ(read.record.start, sample_start());
    EXPECT_EQ(read_start(file_), sample_start());
    EXPECT_EQ(*read.record.result(1), sample_result(1));
    EXPECT_TRUE(read.notices.empty());
    EXPECT_EQ(read.valid_bytes, fs::file_size(file_));
    EXPECT_FALSE(read.record.finished);
}

TEST_F(JournalTest, KeepsItsRecordUpToDate) {
    Journal journal = Journal::create(file_, sample_start());
    journal.append(TrialFinished{sample_result(1), 1002});
    EXPECT_EQ(journal.record().unfinished(), 5U);
    journal.append(Heartbeat{{"n1", 4711, ""}, 1003});
    journal.sync();
    EXPECT_TRUE(journal.synced());
}

TEST_F(JournalTest, IsNotBegunTwice) {
    write_some();
    EXPECT_NE(message_of([&] { Journal::create(file_, sample_start()); }).find("exists already"),
              std::string::npos);
    EXPECT_EQ(replay(file_).record.results().size(), 1U);
}

TEST_F(JournalTest, DropsALastLineCutAtAnyByte) {
    write_some();
    const std::string whole = core::read_file(file_);
    const std::size_t last_line = whole.rfind('\n', whole.size() - 2) + 1;
    for (std::size_t size = last_line; size < whole.size(); size += 7) {
        core::write_file_atomically(file_, std::string_view(whole).substr(0, size),
                                    core::Durability::buffered);
        const Replay read = replay(file_);
        EXPECT_EQ(read.valid_bytes, last_line);
        EXPECT_EQ(read.notices.size(), size == last_line ? 0U : 1U);
        EXPECT_EQ(read.record.result(1), nullptr);
        EXPECT_EQ(read.record.find(1)->state, TrialState::running);
    }
}

TEST_F(JournalTest, DropsAWholeLastLineOfRubbish) {
    write_some();
    add_text("{\"event\":\"trial_fin\n");
    const Replay read = replay(file_);
    ASSERT_EQ(read.notices.size(), 1U);
    EXPECT_NE(read.notices[0].find("line 4"), std::string::npos) << read.notices[0];
}

TEST_F(JournalTest, GoesOnAfterAHalfWrittenLine) {
    write_some();
    add_text("{\"event\":\"heart");
    {
        Journal journal = Journal::open(file_, replay(file_), resumed());
        journal.append(TrialStarted{2, 0, "", 2001});
    }
    const Replay read = replay(file_);
    EXPECT_TRUE(read.notices.empty());
    EXPECT_EQ(read.record.starts.size(), 2U);
    EXPECT_TRUE(read.record.starts[0].died);
    EXPECT_EQ(read.record.find(2)->state, TrialState::running);
    EXPECT_NE(read.record.result(1), nullptr);
}

TEST_F(JournalTest, DamageInTheMiddleIsAnErrorThatNamesTheLine) {
    write_some();
    add_text("rubbish\n" + codec::to_json(Event(Finished{5})) + "\n");
    const std::string message = message_of([&] { (void)replay(file_); });
    EXPECT_NE(message.find("line 4"), std::string::npos) << message;
    EXPECT_NE(message.find(file_.string()), std::string::npos) << message;
}

TEST_F(JournalTest, AnotherVersionIsRefused) {
    std::string line = codec::to_json(Event(sample_start()));
    const std::string version = "\"version\":2";
    line.replace(line.find(version), version.size(), "\"version\":3");
    add_text(line + "\n");
    const std::string message = message_of([&] { (void)replay(file_); });
    EXPECT_EQ(message_of([&] { (void)read_start(file_); }), message);
    EXPECT_NE(message.find("version 3"), std::string::npos) << message;
    EXPECT_NE(message.find("versions 1 to 2"), std::string::npos) << message;
}

/// As msunet 0.1 wrote it.
constexpr const char* version_1_journal =
#include "version_1_journal.inc"
    ;

TEST_F(JournalTest, Version1IsReadAndNotResumed) {
    add_text(version_1_journal);
    const Replay read = replay(file_);
    EXPECT_EQ(read.version, 1);
    EXPECT_EQ(read_start(file_), read.record.start);
    EXPECT_TRUE(read.notices.empty());
    EXPECT_EQ(read.record.starts.size(), 2U);
    EXPECT_EQ(read.record.result(0)->permutation, read.record.permutation(0));
    EXPECT_EQ(read.record.find(1)->progress.checkpoint->epoch, 1);
    EXPECT_EQ(read.record.result(2)->state, TrialState::failed);
    EXPECT_EQ(read.record.result(2)->reason, "the loss is NaN");
    EXPECT_EQ(read.record.unfinished(), 2U);

    const std::string before = core::read_file(file_);
    const std::string message = message_of([&] { Journal::open(file_, read, resumed()); });
    EXPECT_NE(message.find("finish it with msunet 0.1"), std::string::npos) << message;
    EXPECT_EQ(core::read_file(file_), before);
}

TEST_F(JournalTest, AnErrorNamesTheFileAndBothVersions) {
    add_text(version_1_journal);
    try {
        Journal::open(file_, replay(file_), resumed());
        FAIL() << "nothing was thrown";
    } catch (const core::UsageError& error) {
        EXPECT_EQ(error.data().front().path, file_);
        EXPECT_EQ(error.data().front().got, "1");
        EXPECT_EQ(error.data().front().expected, "2");
    }
}

TEST_F(JournalTest, TheStartIsReadWithoutTheOtherLines) {
    write_some();
    add_text("rubbish\nmore rubbish\n");
    EXPECT_EQ(read_start(file_), sample_start());
    EXPECT_NE(message_of([&] { (void)replay(file_); }).find("damaged"), std::string::npos);
}

TEST_F(JournalTest, WithoutAWholeFirstLineNothingIsReplayed) {
    add_text("");
    EXPECT_NE(message_of([&] { (void)replay(file_); }).find("no whole line"), std::string::npos);
    add_text("{\"event\":\"sweep_sta");
    EXPECT_NE(message_of([&] { (void)replay(file_); }).find("no whole line"), std::string::npos);
    EXPECT_NE(message_of([&] { (void)read_start(file_); }).find("no whole line"),
              std::string::npos);
    add_text("\n");
    EXPECT_NE(message_of([&] { (void)replay(file_); }).find("damaged"), std::string::npos);
    EXPECT_NE(message_of([&] { (void)read_start(file_); }).find("damaged"), std::string::npos);
    EXPECT_THROW((void)replay(folder_ / "none"), core::FileError);
    EXPECT_THROW((void)read_start(folder_ / "none"), core::FileError);
}

TEST_F(JournalTest, AnEventThatCannotFollowIsNotWritten) {
    Journal journal = Journal::create(file_, sample_start());
    const auto size = fs::file_size(file_);
    EXPECT_THROW(journal.append(TrialStarted{77, 0, "", 1}), core::InputError);
    EXPECT_EQ(fs::file_size(file_), size);
}

TEST_F(JournalTest, AFullDiskLeavesWholeLines) {
    Journal journal = Journal::create(file_, sample_start());
    journal.append(TrialStarted{1, 0, "", 1001});
    const auto size = fs::file_size(file_);
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
    const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
    rlimit tight = before;
    tight.rlim_cur = size + 40;
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &tight), 0);
    EXPECT_THROW(journal.append(TrialFinished{sample_result(1), 1002}), core::FileError);
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
    std::signal(SIGXFSZ, old_handler);

    EXPECT_EQ(fs::file_size(file_), size);
    EXPECT_EQ(journal.record().result(1), nullptr);
    journal.append(TrialFinished{sample_result(1), 1003});
    EXPECT_NE(replay(file_).record.result(1), nullptr);
}

TEST_F(JournalTest, DamageOfAnyKindIsReadOrRefused) {
    write_some();
    const std::string whole = core::read_file(file_);
    int read = 0;
    int refused = 0;
    for (std::uint64_t seed = 0; seed < 3000; ++seed) {
        core::RandomStream random(seed);
        std::string text = whole;
        for (std::uint64_t i = random.below(4) + 1; i > 0; --i) {
            const std::size_t at = random.below(text.size());
            switch (random.below(4)) {
                case 0:
                    text[at] = static_cast<char>(random.below(256));
                    break;
                case 1:
                    text.erase(at, random.below(40));
                    break;
                case 2:
                    text.insert(at, text.substr(random.below(text.size()), 30));
                    break;
                default:
                    text[at] = "0123456789-\"[]{},:en"[random.below(20)];
                    break;
            }
        }
        core::write_file_atomically(file_, text, core::Durability::buffered);
        try {
            (void)replay(file_);
            ++read;
        } catch (const core::UsageError&) {
            ++refused;
        }
    }
    EXPECT_GT(read, 100);
    EXPECT_GT(refused, 100);
}

TEST_F(JournalTest, HasOneWriter) {
    {
        const Journal first = Journal::create(file_, sample_start());
        const std::string message =
            message_of([&] { Journal::open(file_, replay(file_), resumed()); });
        EXPECT_NE(message.find("in use"), std::string::npos) << message;
    }
    EXPECT_NO_THROW((void)Journal::open(file_, replay(file_), resumed()));
}

TEST_F(JournalTest, IsNotTakenUpAfterAnotherWroteToIt) {
    write_some();
    const Replay early = replay(file_);
    Journal::open(file_, replay(file_), resumed());
    const std::string after_first = core::read_file(file_);
    EXPECT_THROW((void)Journal::open(file_, early, resumed()), core::UsageError);
    EXPECT_EQ(core::read_file(file_), after_first);
}

TEST_F(JournalTest, IsLeftToAnotherProcessThatWritesIt) {
    Journal journal = Journal::create(file_, sample_start());
    add_text(codec::to_json(Event(Resumed{resumed()})) + "\n");
    const std::string theirs = core::read_file(file_);
    for (int attempt = 0; attempt < 2; ++attempt) {
        const std::string message = message_of([&] {
            journal.append(TrialStarted{1, 0, "", 1001});
        });
        EXPECT_NE(message.find("taken over by another start"), std::string::npos) << message;
        EXPECT_NE(message.find("host 'n2', pid 8"), std::string::npos) << message;
    }
    EXPECT_EQ(journal.record().find(1), nullptr);
    EXPECT_EQ(core::read_file(file_), theirs);
}

TEST_F(JournalTest, AMovedJournalStillWrites) {
    Journal first = Journal::create(file_, sample_start());
    Journal second = std::move(first);
    second.append(Heartbeat{{"n1", 4711, ""}, 1200});
    EXPECT_EQ(replay(file_).record.last_event_at, 1200);
}

}  // namespace
}  // namespace msunet::record

// SPDX-License-Identifier: Apache-2.0
#include "msunet/report/pictures.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "msunet/core/error.hpp"
#include "msunet/core/file.hpp"
#include "msunet/record/ranking.hpp"
#include "msunet/report/html.hpp"
#include "support/warnings.hpp"
#include "unit/report/folder.hpp"
#include "unit/report/made_up_sweep.hpp"

namespace msunet::report {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(WorstSlices, ComeFromAllScansBeforeASecondOfOne) {
    const std::vector<SliceScore> scores{{0, 0, 0.9}, {0, 1, 0.1}, {0, 2, 0.2},
                                         {1, 0, 0.8}, {1, 1, 0.7}, {0, 9, 0.3}};
    EXPECT_THAT(worst_slices(scores, 1), ElementsAre(1));
    EXPECT_THAT(worst_slices(scores, 2), ElementsAre(1, 4));
    // Of scan 0 not slice 2, which lies beside slice 1.
    EXPECT_THAT(worst_slices(scores, 9), ElementsAre(1, 5, 4));
}

TEST(WorstSlices, AreTheSameForEqualDice) {
    EXPECT_THAT(worst_slices({{1, 0, 0.5}, {0, 7, 0.5}, {0, 2, 0.5}}, 3), ElementsAre(2, 1, 0));
    EXPECT_THAT(worst_slices({}, 3), IsEmpty());
}

TEST(Pictures, SurviveTheirFile) {
    const auto pictures = testing::made_up_pictures(2);
    EXPECT_TRUE(pictures_from_json(pictures_to_json(pictures)) == pictures);
    EXPECT_THROW((void)pictures_from_json("[{}]"), core::InputError);
    EXPECT_THROW((void)pictures_from_json("nonsense"), core::InputError);
}

class PicturesOfASweep : public ::testing::Test {
protected:
    void write(record::TrialId trial, const std::string& text) const {
        const auto place = folder_.path() / record::trial_folder(trial);
        core::make_directories(place);
        core::write_file_atomically(place / pictures_file_name, text);
    }

    testing::Folder folder_;
    record::SweepRecord record_ = testing::made_up_sweep();
    record::TrialId best_ = record::best(record_)->trial;
};

TEST_F(PicturesOfASweep, AreThoseOfTheBestPermutation) {
    EXPECT_THAT(read_pictures(folder_.path(), record_), IsEmpty());
    const auto pictures = testing::made_up_pictures(1);
    write(best_ == 0 ? 1 : 0, pictures_to_json(testing::made_up_pictures(2)));
    EXPECT_THAT(read_pictures(folder_.path(), record_), IsEmpty());
    write(best_, pictures_to_json(pictures));
    EXPECT_TRUE(read_pictures(folder_.path(), record_) == pictures);
    write_report(folder_.path(), record_);
    EXPECT_EQ(core::read_file(folder_.path() / "report.html"), report_html(record_, pictures));
}

TEST_F(PicturesOfASweep, ThatAreDamagedAreLeftOutWithAWarning) {
    write(best_, "[{\"scan\":");
    const auto warnings =
        test::warnings_of([&] { EXPECT_THAT(read_pictures(folder_.path(), record_), IsEmpty()); });
    EXPECT_THAT(warnings, ElementsAre(HasSubstr("), the report has no pictures")));
}

}  // namespace
}  // namespace msunet::report

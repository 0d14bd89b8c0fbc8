// SPDX-License-Identifier: Apache-2.0
// Which trials get pictures, and of which slices.

#include "app/engine/picture_maker.hpp"

#include <gtest/gtest.h>

#include "msunet/core/file.hpp"
#include "unit/train/small_trial.hpp"

namespace msunet::app {
namespace {

namespace fs = std::filesystem;

std::vector<report::SlicePicture> pictures_of(const fs::path& folder, record::TrialId trial) {
    const auto file = folder / record::trial_folder(trial) / report::pictures_file_name;
    if (!fs::exists(file)) return {};
    return report::pictures_from_json(core::read_file(file));
}

TEST(PictureMaker, DrawsTheValidationSlicesOfATrialThatIsTheBestSoFar) {
    const test::SmallTrial small("pictures");
    auto context = small.context();
    PictureMaker maker(context.dataset, context.metric, small.folder());
    context.after_training = [&](const train::TrainedTrial& trained) { maker.look(trained); };
    test::Control control;
    const auto result = train::run_trial(context, test::assignment({}, 4), control);
    ASSERT_EQ(result.state, record::TrialState::done);
    const auto pictures = pictures_of(small.folder(), 4);
    // Three slices lie too near to each other for more than one a scan.
    ASSERT_EQ(pictures.size(), 2U);
    EXPECT_EQ(pictures[0].scan, "d");
    EXPECT_EQ(pictures[1].scan, "e");
    EXPECT_EQ(pictures[1].modality, core::Modality::fmri);
    EXPECT_EQ(pictures[0].slices, 3);
    EXPECT_EQ(pictures[0].gray.size(), 32U * 32U);
    // The same again is no better.
    fs::remove(small.folder() / record::trial_folder(4) / report::pictures_file_name);
    (void)train::run_trial(context, test::assignment({}, 4), control);
    EXPECT_TRUE(pictures_of(small.folder(), 4).empty());
}

TEST(PictureMaker, PassesOverATrialWhenItsShareOfTheTimeIsSpent) {
    const test::SmallTrial small("pictures_share");
    auto context = small.context();
    // Looks at the trial and at once at a better one, trial 5; whether that got pictures.
    const auto draws_twice = [&](double share, const train::TrainedTrial& trained) {
        PictureMaker maker(context.dataset, context.metric, small.folder(), share);
        maker.look(trained);
        auto better = trained.result;
        better.trial = 5;
        *better.history.back().metrics.val_dice_coef += 0.1;
        core::make_directories(small.folder() / record::trial_folder(5));
        maker.look({better, trained.index, trained.engine, trained.batch_size, trained.alive});
        return has_pictures(small.folder(), 5);
    };
    bool with_little = true;
    bool with_all = false;
    context.after_training = [&](const train::TrainedTrial& trained) {
        with_little = draws_twice(1e-6, trained);
        with_all = draws_twice(1, trained);
    };
    test::Control control;
    (void)train::run_trial(context, test::assignment({}, 4), control);
    EXPECT_TRUE(has_pictures(small.folder(), 4));
    EXPECT_FALSE(with_little);
    EXPECT_TRUE(with_all);
}

TEST(PictureMaker, SpreadsWhatItLooksAt) {
    EXPECT_EQ(spread({1, 2, 3}, 3), (std::vector<std::size_t>{1, 2, 3}));
    EXPECT_EQ(spread({0, 1, 2, 3, 4, 5, 6, 7}, 2), (std::vector<std::size_t>{2, 6}));
}

}  // namespace
}  // namespace msunet::app

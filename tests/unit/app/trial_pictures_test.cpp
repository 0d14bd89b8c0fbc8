// SPDX-License-Identifier: Apache-2.0
// The trials that get pictures, and the slices that are shown.

#include "app/engine/trial_pictures.hpp"

#include <gtest/gtest.h>

#include "app/engine/trial_file_writer.hpp"
#include "msunet/core/file.hpp"
#include "msunet/h5/keras_file.hpp"
#include "msunet/report/pictures.hpp"
#include "unit/train/small_trial.hpp"

namespace msunet::app {
namespace {

namespace fs = std::filesystem;

std::vector<report::SlicePicture> pictures_of(const fs::path& folder, record::TrialId trial) {
    const auto file = folder / record::trial_folder(trial) / report::pictures_file_name;
    if (!fs::exists(file)) return {};
    return report::pictures_from_json(core::read_file(file));
}

TEST(TrialFileWriter, DrawsTheValidationSlicesOfATrialThatIsTheBestSoFar) {
    const test::SmallTrial small("pictures");
    auto context = small.context();
    TrialFileWriter writer(context.dataset, context.metric, small.folder(),
                           {{"target_size", "64", core::Affects::data}});
    context.files = &writer;
    test::Control control;
    const auto result = test::run_trial(context, test::assignment({}, 4), control);
    ASSERT_EQ(result.state, record::TrialState::done);
    const auto pictures = pictures_of(small.folder(), 4);
    // Three slices lie too near to each other for more than one a scan.
    ASSERT_EQ(pictures.size(), 2U);
    EXPECT_EQ(pictures[0].scan, "d");
    EXPECT_EQ(pictures[1].scan, "e");
    EXPECT_EQ(pictures[1].modality, core::Modality::fmri);
    EXPECT_EQ(pictures[0].slices, 3);
    EXPECT_EQ(pictures[0].gray.size(), 32U * 32U);
    // The weights say how they were made.
    const auto weights = h5::read_keras_file(small.folder() / result.weights_file);
    EXPECT_EQ(weights.attributes.at("msunet_target_size"), "64");
    EXPECT_EQ(weights.attributes.at("msunet_input_height"), "32");
    EXPECT_EQ(weights.attributes.at("msunet_final_activation"), "sigmoid");
    // The same trial again is not better.
    fs::remove(small.folder() / record::trial_folder(4) / report::pictures_file_name);
    (void)test::run_trial(context, test::assignment({}, 4), control);
    EXPECT_TRUE(pictures_of(small.folder(), 4).empty());
}

/// After a trial ends writes pictures of it and of a better one, trial 5: with little and with all
/// of the time.
class TwoTrials final : public train::TrialFiles {
public:
    TwoTrials(const data::Dataset& dataset, std::string metric, fs::path folder)
        : dataset_(dataset), metric_(std::move(metric)), folder_(std::move(folder)) {}

    std::vector<std::string> write_components(record::TrialId, std::span<const double>) override {
        return {};
    }
    void write_pictures(const train::TrainedTrial& trained) noexcept override {
        second_with_little = draws_second(1e-6, trained);
        second_with_all = draws_second(1, trained);
    }

    bool second_with_little = true;
    bool second_with_all = false;

private:
    bool draws_second(double share, const train::TrainedTrial& trained) {
        TrialFileWriter writer(dataset_, metric_, folder_, {}, share);
        writer.write_pictures(trained);
        auto better = trained.result;
        better.trial = 5;
        *better.history.back().metrics.val_dice_coef += 0.1;
        core::make_directories(folder_ / record::trial_folder(5));
        writer.write_pictures(
            {better, trained.index, trained.engine, trained.batch_size, trained.control});
        return has_pictures(folder_, 5);
    }

    const data::Dataset& dataset_;
    std::string metric_;
    fs::path folder_;
};

TEST(TrialFileWriter, LeavesPicturesOutWhenTheirShareOfTheTimeIsSpent) {
    const test::SmallTrial small("pictures_share");
    auto context = small.context();
    TwoTrials files(context.dataset, context.metric, small.folder());
    context.files = &files;
    test::Control control;
    (void)test::run_trial(context, test::assignment({}, 4), control);
    EXPECT_TRUE(has_pictures(small.folder(), 4));
    EXPECT_FALSE(files.second_with_little);
    EXPECT_TRUE(files.second_with_all);
}

TEST(TrialPictures, CandidatesAreSpreadEvenly) {
    EXPECT_EQ(spread({1, 2, 3}, 3), (std::vector<std::size_t>{1, 2, 3}));
    EXPECT_EQ(spread({0, 1, 2, 3, 4, 5, 6, 7}, 2), (std::vector<std::size_t>{2, 6}));
}

}  // namespace
}  // namespace msunet::app

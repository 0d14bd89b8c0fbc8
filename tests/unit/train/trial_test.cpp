// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "msunet/core/fault.hpp"
#include "msunet/h5/keras_file.hpp"
#include "msunet/model/runtime.hpp"
#include "small_trial.hpp"

namespace msunet {
namespace {

using record::TrialState;

TEST(Trial, OfAFoldHasItsSplitStreamAndStartWeights) {
    const test::SmallTrial place("folds");
    using enum data::SourceUse;
    const data::SourceUses split{validation, training, training, training, training, none};
    auto other = split;
    std::swap(other[0], other[1]);
    data::PatchOptions options;
    options.use_frac_patch = false;
    const auto plain = place.context();
    data::PatchLists patches(plain.dataset, options, {split, split, split, other});
    const std::vector<std::vector<core::NamedArray>> repeat_weights{
        unet::initial_weights(place.architecture(), 4)};
    train::TrialContext context{.architecture = plain.architecture,
                                .dataset = plain.dataset,
                                .patches = patches,
                                .start_weights = plain.start_weights,
                                .group = plain.group};
    context.metric = plain.metric;
    context.folding = {2, 2};
    context.repeat_weights = repeat_weights;
    context.experiment_folder = place.folder();
    const auto first_loss = [&](record::TrialId trial) {
        test::Control control;
        const auto result = test::run_trial(
            context, test::assignment({{"epochs", std::int64_t{1}}}, trial), control);
        EXPECT_EQ(result.state, TrialState::done) << result.reason;
        const auto& val = result.modality.front().dice.val;
        EXPECT_EQ(val[static_cast<std::size_t>(core::Modality::fmri)].has_value(), trial % 4 == 3);
        EXPECT_EQ(val[static_cast<std::size_t>(core::Modality::anatomical)].has_value(),
                  trial % 4 != 3);
        return result.history.front().metrics.loss;
    };
    const double loss = first_loss(0);
    EXPECT_EQ(first_loss(4), loss) << "the same fold of another permutation of equal values";
    EXPECT_NE(first_loss(1), loss) << "another fold: another order of the samples";
    const double repeated = first_loss(2);
    const std::vector<std::vector<core::NamedArray>> same_weights{
        {plain.start_weights.begin(), plain.start_weights.end()}};
    context.repeat_weights = same_weights;
    EXPECT_NE(first_loss(2), repeated) << "another repeat has other start weights";
    (void)first_loss(3);
}

TEST(Trial, ReportsWhatASweepNeeds) {
    const test::SmallTrial place("tells");
    test::Control control;
    const auto result = test::run_trial(place.context(), test::assignment(), control);
    ASSERT_EQ(result.state, TrialState::done) << result.reason;
    ASSERT_EQ(result.history.size(), 2U);
    EXPECT_EQ(control.epochs, result.history);
    // 3 steps and 2 validation batches an epoch; Dice of 2 + 3 modality parts, 2 batches for the
    // validation ones of 3 samples each: 1.
    EXPECT_EQ(control.steps, 2 * (3 + 2) + 5);
    EXPECT_EQ(result.patch_size, "32/32");
    const auto& metrics = result.history[0].metrics;
    EXPECT_GT(metrics.loss, 0);
    EXPECT_TRUE(metrics.val_loss && metrics.val_dice_coef && metrics.val_jaccard_similarity);
    ASSERT_EQ(result.modality.size(), 1U);
    EXPECT_EQ(result.modality[0].epoch, 1);
    const auto& dice = result.modality[0].dice;
    const auto at = [](core::Modality m) { return static_cast<std::size_t>(m); };
    EXPECT_TRUE(dice.val[at(core::Modality::anatomical)]);
    EXPECT_FALSE(dice.val[at(core::Modality::noddi)]);
    EXPECT_TRUE(dice.train[at(core::Modality::noddi)]);
    EXPECT_FALSE(dice.train[at(core::Modality::dti)]);
    EXPECT_EQ(h5::read_keras_file(place.folder() / result.weights_file).weights().size(), 136U);
}

TEST(Trial, RepeatsItselfBitForBit) {
    const test::SmallTrial place("repeats");
    test::Control control;
    const auto first = test::run_trial(place.context(), test::assignment(), control);
    const auto second = test::run_trial(place.context(), test::assignment(), control);
    EXPECT_EQ(test::metrics(first.history), test::metrics(second.history));
}

// Whatever its id, its spelling, and when it ends.
TEST(Trial, DrawsTheSameNumbersInEverySweep) {
    const test::SmallTrial place("streams");
    test::Control control;
    const auto alone = test::run_trial(place.context(), test::assignment(), control);
    const auto same = test::run_trial(place.context(),
                                      test::assignment({{"epochs", std::int64_t{3}},
                                                        {"optimizer", std::string("adam")},
                                                        {"early_stopping", std::int64_t{9}}},
                                                       77),
                                      control);
    auto epochs = test::metrics(same.history);
    ASSERT_EQ(epochs.size(), 3U);
    epochs.pop_back();
    EXPECT_EQ(test::metrics(alone.history), epochs);
    // A value that changes nothing but the stream.
    const auto other = test::run_trial(
        place.context(),
        test::assignment({{"modality_weight", std::string("dti")}, {"weight_factor", 2.0}}),
        control);
    EXPECT_NE(test::metrics(alone.history), test::metrics(other.history));
}

TEST(Trial, Learns) {
    const test::SmallTrial place("learns");
    test::Control control;
    const auto result = test::run_trial(
        place.context(),
        test::assignment({{"epochs", std::int64_t{12}}, {"lr", 5e-3}, {"dropout", 0.0}}), control);
    ASSERT_EQ(result.state, TrialState::done) << result.reason;
    EXPECT_LT(result.history.back().metrics.loss, result.history.front().metrics.loss - 0.2);
}

TEST(Trial, FailsWhereTrainingDiverges) {
    const test::SmallTrial place("diverges");
    test::Control control;
    const auto result =
        test::run_trial(place.context(),
                        test::assignment({{"lr", 1e30},
                                          {"optimizer", std::string("SGD")},
                                          {"losses", std::string("mean_squared_error")},
                                          {"finalActivation", std::string("linear")}}),
                        control);
    EXPECT_EQ(result.state, TrialState::failed);
    EXPECT_NE(result.reason.find("NaN"), std::string::npos) << result.reason;
    EXPECT_TRUE(result.weights_file.empty());
}

TEST(Trial, FailsWhereOnlyItsWeightsOrMetricsDiverge) {
    const test::SmallTrial place("diverges_late");
    test::Control control;
    const auto result =
        test::run_trial(place.context(), test::assignment({{"lr", 1000.0}}), control);
    EXPECT_EQ(result.state, TrialState::failed);
    EXPECT_NE(result.reason.find("(training diverged), try a smaller lr"), std::string::npos)
        << result.reason;
    EXPECT_TRUE(result.weights_file.empty());
}

TEST(Trial, StopsEarlyAndRestoresTheBest) {
    const test::SmallTrial place("early");
    test::Control control;
    // With this rate the validation Dice falls from the first epoch on.
    const auto result = test::run_trial(place.context(),
                                        test::assignment({{"epochs", std::int64_t{30}},
                                                          {"early_stopping", std::int64_t{2}},
                                                          {"restore_best", true},
                                                          {"lr", 1e-3}}),
                                        control);
    ASSERT_EQ(result.state, TrialState::done) << result.reason;
    ASSERT_TRUE(result.best_epoch);
    EXPECT_LT(result.history.size(), 30U);
    EXPECT_EQ(static_cast<std::int64_t>(result.history.size()), *result.best_epoch + 3);
    const auto best = static_cast<std::size_t>(*result.best_epoch);
    for (const auto& epoch : result.history) {
        EXPECT_LE(*epoch.metrics.val_dice_coef, *result.history[best].metrics.val_dice_coef);
    }
    EXPECT_EQ(result.modality.at(0).epoch, *result.best_epoch);
}

TEST(Trial, ModalityRowsEveryEpoch) {
    const test::SmallTrial place("rows");
    auto context = place.context();
    context.options.modality_metrics = train::ModalityMetrics::every_epoch;
    test::Control control;
    const auto result = test::run_trial(context, test::assignment(), control);
    ASSERT_EQ(result.modality.size(), 2U);
    EXPECT_TRUE(result.history[0].modality);
}

/// Keeps what a `pca_only` trial would write.
class Components final : public train::TrialFiles {
public:
    std::vector<std::string> write_components(record::TrialId,
                                              std::span<const double> cumulative) override {
        seen.assign(cumulative.begin(), cumulative.end());
        return {"trials/4/pca_cumsum.npy"};
    }
    void write_pictures(const train::TrainedTrial&) noexcept override {}

    std::vector<double> seen;
};

TEST(Trial, PcaTrainsNothing) {
    const test::SmallTrial place("pca");
    auto context = place.context();
    Components components;
    context.files = &components;
    test::Control control;
    const auto result = test::run_trial(context, test::assignment({{"pca_only", true}}), control);
    EXPECT_EQ(result.state, TrialState::pca);
    EXPECT_EQ(result.files.size(), 1U);
    EXPECT_EQ(control.steps, 0);
    // 6 validation samples: 5 components explain everything.
    ASSERT_EQ(components.seen.size(), 5U);
    EXPECT_NEAR(components.seen.back(), 1, 1e-6);
}

TEST(Trial, WeightsAndPrecisionsAreTaken) {
    const test::SmallTrial place("weights");
    test::Control control;
    const auto plain = test::run_trial(place.context(), test::assignment(), control);
    const auto weighted = test::run_trial(
        place.context(),
        test::assignment({{"modality_weight", std::string("fmri")}, {"weight_factor", 3.0}}),
        control);
    EXPECT_GT(weighted.history[0].metrics.loss, plain.history[0].metrics.loss * 1.2);
    for (const auto precision : {model::Precision::float64, model::Precision::bf16}) {
        auto context = place.context();
        context.precision = precision;
        const auto result = test::run_trial(context, test::assignment(), control);
        ASSERT_EQ(result.state, TrialState::done) << result.reason;
        EXPECT_NEAR(result.history[0].metrics.loss, plain.history[0].metrics.loss,
                    precision == model::Precision::bf16 ? 3e-2 : 1e-3);
    }
}

/// Resident memory of this process in pages.
std::int64_t resident() {
    std::ifstream file("/proc/self/statm");
    std::int64_t all = 0, pages = 0;
    file >> all >> pages;
    return pages;
}

TEST(Trial, ReleasesItsMemory) {
    const test::SmallTrial place("memory");
    model::keep_freed_memory();
    std::int64_t early = 0;
    for (std::uint64_t trial = 0; trial < 16; ++trial) {
        test::Control control;
        const auto work = test::assignment({{"epochs", std::int64_t{1}}}, trial);
        ASSERT_EQ(test::run_trial(place.context(), work, control).state, TrialState::done);
        model::release_memory();
        if (trial == 3) early = resident();
    }
    EXPECT_LE(static_cast<double>(resident()), 1.02 * static_cast<double>(early));
}

TEST(Trial, FailsBeforeTrainingWithEverythingThatIsKnownOfIt) {
    const test::SmallTrial place("impossible");
    auto context = place.context();
    context.world_rank = 3;
    context.gpus = 2;
    for (const auto& [name, value] : core::Permutation{{"optimizer", std::string("Bogus")},
                                                       {"patch_dimensions", std::int64_t{64}},
                                                       {"modality_weight", std::string("ct")}}) {
        auto work = test::assignment({{name, value}});
        work.spent_seconds = 100;
        work.first_started_at = 50;
        test::Control control;
        const auto result = test::run_trial(context, work, control);
        EXPECT_EQ(result.state, TrialState::failed) << name;
        EXPECT_FALSE(result.reason.empty()) << name;
        EXPECT_EQ(result.trial, work.trial);
        EXPECT_EQ(result.permutation, work.ends.front().permutation);
        EXPECT_EQ(result.rank, 3);
        EXPECT_EQ(result.num_gpus, 2);
        EXPECT_EQ(result.started_at, 50);
        EXPECT_GE(result.duration, 100);
        EXPECT_EQ(control.steps, 0);
    }
}

TEST(Trial, AGroupLargerThanTheBatchIsRefused) {
    EXPECT_TRUE(train::group_problem(4, 4).empty());
    EXPECT_NE(train::group_problem(4, 5).find("batch_size"), std::string::npos);
}

}  // namespace
}  // namespace msunet

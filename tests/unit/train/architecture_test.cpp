// SPDX-License-Identifier: Apache-2.0
// A residual architecture, described here and nowhere else, from training to prediction.

#include <gmock/gmock.h>

#include <algorithm>

#include "msunet/h5/keras_file.hpp"
#include "msunet/h5/start_model.hpp"
#include "msunet/predict/slice_predictor.hpp"
#include "small_trial.hpp"

namespace msunet {
namespace {

using record::Answer;
using record::TrialState;

unet::Architecture small_residual() {
    return unet::Architecture(
        {.name = "small",
         .blocks = {{.channels = 8, .residual = true}, {.channels = 12, .residual = true}},
         .head_channels = 4});
}

class SmallArchitecture : public testing::Test {
protected:
    [[nodiscard]] std::vector<core::NamedArray> trained(const record::TrialResult& result) const {
        const auto file = place_.folder() / result.weights_file;
        return h5::match_start_model(h5::read_keras_file(file), architecture_.tensor_shapes(), file)
            .weights;
    }

    unet::Architecture architecture_ = small_residual();
    test::SmallTrial place_{"architecture", comm::Communicator::self_without_mpi(), nullptr,
                            architecture_};
    record::Assignment work_ = test::assignment(
        {{"epochs", std::int64_t{3}}, {"lr", 1e-2}, {"dropout", 0.2}, {"restore_best", true}});
};

TEST_F(SmallArchitecture, IsTrainedAndItsWeightsAreSaved) {
    test::Control control;
    const auto result = test::run_trial(place_.context(), work_, control);
    ASSERT_EQ(result.state, TrialState::done) << result.reason;
    EXPECT_LT(result.history.back().metrics.loss, result.history.front().metrics.loss);
    const auto weights = trained(result);
    ASSERT_EQ(weights.size(), place_.weights().size());
    for (std::size_t i = 0; i < weights.size(); ++i) {
        EXPECT_EQ(weights[i].name, architecture_.tensors()[i].name);
        EXPECT_NE(weights[i].values, place_.weights()[i].values) << weights[i].name;
    }
}

TEST_F(SmallArchitecture, GoesOnFromACheckpointBitForBit) {
    test::Control control;
    const auto whole = test::run_trial(place_.context(), work_, control);
    ASSERT_EQ(whole.state, TrialState::done) << whole.reason;
    const auto weights = trained(whole);
    for (const std::int64_t nth : {1, 4, 8}) {
        test::Control pausing, rest;
        pausing.step_answer = [&](const record::StepReport&) {
            return pausing.steps == nth ? Answer::pause : Answer::go_on;
        };
        auto work = work_;
        ASSERT_EQ(test::run_trial(place_.context(), work, pausing).state, TrialState::paused);
        work.checkpoint = pausing.checkpoints.back().file;
        const auto pieces = test::run_trial(place_.context(), work, rest);
        ASSERT_EQ(pieces.state, TrialState::done) << pieces.reason;
        EXPECT_EQ(test::metrics(pieces.history), test::metrics(whole.history)) << nth;
        EXPECT_EQ(trained(pieces), weights) << nth;
    }
}

/// What a trial writes to stderr when it resumes with another architecture.
std::string warning_of(const train::TrialContext& context, const unet::Architecture& other,
                       const std::vector<core::NamedArray>& weights,
                       const record::Assignment& work) {
    const train::TrialContext changed{.architecture = other,
                                      .dataset = context.dataset,
                                      .patches = context.patches,
                                      .start_weights = weights,
                                      .group = context.group,
                                      .metric = context.metric,
                                      .seed = context.seed,
                                      .experiment_folder = context.experiment_folder};
    test::Control control;
    testing::internal::CaptureStderr();
    const auto result = test::run_trial(changed, work, control);
    auto text = testing::internal::GetCapturedStderr();
    EXPECT_EQ(result.state, TrialState::done) << result.reason;
    EXPECT_EQ(control.epochs.size(), 3U) << "it starts again";
    return text;
}

TEST_F(SmallArchitecture, RefusesACheckpointOfAnotherArchitecture) {
    test::Control pausing;
    pausing.step_answer = [](const record::StepReport&) { return Answer::pause; };
    auto work = work_;
    ASSERT_EQ(test::run_trial(place_.context(), work, pausing).state, TrialState::paused);
    work.checkpoint = pausing.checkpoints.back().file;

    // With momentum's tensors the checkpoint could be read.
    auto momentum = architecture_.description();
    momentum.batch_norm.momentum = 0.9;
    auto plain = architecture_.description();
    for (auto& block : plain.blocks) block.residual = false;
    ASSERT_EQ(unet::Architecture(momentum).tensor_shapes(), architecture_.tensor_shapes());
    ASSERT_NE(unet::Architecture(plain).tensor_shapes(), architecture_.tensor_shapes());
    for (const auto& description : {momentum, plain}) {
        const auto weights = unet::initial_weights(unet::Architecture(description), 3);
        EXPECT_THAT(
            warning_of(place_.context(), unet::Architecture(description), weights, work),
            testing::HasSubstr("can't be used (it is of another network); it starts again"));
    }
}

TEST_F(SmallArchitecture, PredictsAsTheEngineThatTrainedIt) {
    test::Control control;
    const auto result = test::run_trial(place_.context(), work_, control);
    ASSERT_EQ(result.state, TrialState::done) << result.reason;
    const auto weights = trained(result);

    const auto dataset = test::blobs();
    const unet::Hyperparameters hyperparameters;
    const std::vector<float> sample_weights(place_.index().size(), 1.0F);
    const auto engine = train::make_cpu_engine({.architecture = architecture_,
                                                .dataset = dataset,
                                                .index = place_.index(),
                                                .hyperparameters = hyperparameters,
                                                .start_weights = weights,
                                                .sample_weights = sample_weights});
    const auto expected = engine->predict(dataset.voxels());

    predict::SlicePredictor predictor(architecture_, weights, "sigmoid", model::Precision::float32);
    const auto likelihoods = predictor.predict(dataset.voxels(), 32, 32,
                                               {.patches = {.fraction = 1, .stride_fraction = 1}});
    ASSERT_EQ(likelihoods.size(), expected.size());
    for (std::size_t i = 0; i < likelihoods.size(); ++i) {
        ASSERT_NEAR(likelihoods[i], expected[i], 1e-6);
    }
    EXPECT_GT(std::ranges::max(likelihoods) - std::ranges::min(likelihoods), 0.1F);
}

}  // namespace
}  // namespace msunet

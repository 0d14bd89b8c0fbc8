// SPDX-License-Identifier: Apache-2.0
/// \file
/// Whole trials with the GPU's fused operations and batches, run on the host.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "gpu/cuda_fused_ops.hpp"
#include "gpu/kernel_parameters.hpp"
#include "msunet/core/fault.hpp"
#include "unit/gpu/host_engine.hpp"
#include "unit/gpu/host_launcher.hpp"
#include "unit/gpu/inference_checks.hpp"
#include "unit/train/small_trial.hpp"

namespace msunet {
namespace {

using model::Precision;

std::unique_ptr<train::StepEngine> make_host_engine(const train::EngineSpec& spec) {
    return std::make_unique<test::HostEngine>(
        spec, test::host_launcher(test::element_of(spec.precision)));
}

record::TrialResult run(Precision precision, const core::Permutation& changes, bool as_on_gpu) {
    const test::SmallTrial place("host_engine");
    auto context = place.context();
    context.precision = precision;
    if (as_on_gpu) context.make_engine = make_host_engine;
    test::Control control;
    auto result = test::run_trial(context, test::assignment(changes), control);
    EXPECT_EQ(result.state, record::TrialState::done) << result.reason;
    return result;
}

double largest_difference(const record::TrialResult& a, const record::TrialResult& b) {
    EXPECT_EQ(a.history.size(), b.history.size());
    double largest = 0;
    for (std::size_t i = 0; i < a.history.size(); ++i) {
        for (const auto name : record::metric_names) {
            largest = std::max(largest, std::abs(*record::metric(a.history[i].metrics, name) -
                                                 *record::metric(b.history[i].metrics, name)));
        }
    }
    return largest;
}

TEST(HostEngine, Float64HistoryEqualsTheCpusWithinRounding) {
    EXPECT_LE(
        largest_difference(run(Precision::float64, {}, true), run(Precision::float64, {}, false)),
        1e-9);
}

TEST(HostEngine, HistoryOfAPartlyFrozenNetworkDoesToo) {
    const core::Permutation frozen{{"which_layer", std::int64_t{7}},
                                   {"contractingBatchNormTrainable", false},
                                   {"modality_weight", std::string("fmri")},
                                   {"weight_factor", 3.0}};
    EXPECT_LE(largest_difference(run(Precision::float64, frozen, true),
                                 run(Precision::float64, frozen, false)),
              1e-9);
}

TEST(HostEngine, HistoriesOfOtherLossesDoToo) {
    // The last one is libtorch's.
    for (const auto& [loss, activation] : {std::pair{"binary_crossentropy", "sigmoid"},
                                           std::pair{"binary_focal_crossentropy", "sigmoid"},
                                           std::pair{"mean_squared_error", "hard_sigmoid"}}) {
        const core::Permutation other{{"losses", std::string(loss)},
                                      {"finalActivation", std::string(activation)},
                                      {"epochs", std::int64_t{1}},
                                      {"batch_size", std::int64_t{12}}};
        EXPECT_LE(largest_difference(run(Precision::float64, other, true),
                                     run(Precision::float64, other, false)),
                  1e-9)
            << loss << " of " << activation;
    }
}

TEST(HostEngine, AugmentedBatchesAreThoseOfTheCpu) {
    const core::Permutation augmented{{"online_augmentation", std::string("strong")}};
    EXPECT_LE(largest_difference(run(Precision::float64, augmented, true),
                                 run(Precision::float64, augmented, false)),
              1e-9);
}

TEST(HostEngine, LossOfTheFirstStepEqualsTheCpus) {
    const core::Permutation one_step{{"epochs", std::int64_t{1}}, {"batch_size", std::int64_t{12}}};
    const auto loss = [&](Precision precision, bool as_on_gpu) {
        return run(precision, one_step, as_on_gpu).history[0].metrics.loss;
    };
    EXPECT_NEAR(loss(Precision::float32, true), loss(Precision::float32, false), 1e-5);
    EXPECT_NEAR(loss(Precision::bf16, true), loss(Precision::bf16, false), 1e-2);
}

TEST(HostEngine, ResumesBitExactWithinAnEpoch) {
    const test::SmallTrial place("host_resume");
    auto context = place.context();
    context.make_engine = make_host_engine;
    auto work = test::assignment({{"epochs", std::int64_t{2}}});
    test::Control whole, pausing, rest;
    const auto expected = test::run_trial(context, work, whole);
    pausing.step_answer = [&](const record::StepReport&) {
        return pausing.steps == 2 ? record::Answer::stop : record::Answer::go_on;
    };
    ASSERT_EQ(test::run_trial(context, work, pausing).state, record::TrialState::paused);
    ASSERT_EQ(pausing.checkpoints.back().step, 2);
    work.checkpoint = pausing.checkpoints.back().file;
    const auto result = test::run_trial(context, work, rest);
    EXPECT_LT(rest.steps, whole.steps);
    EXPECT_EQ(test::metrics(result.history), test::metrics(expected.history));
    EXPECT_EQ(result.modality, expected.modality);
}

TEST(HostEngine, TheNetworksCopiesFollowItsValues) {
    const test::SmallTrial place("host_copies");
    const auto dataset = test::blobs();
    const std::vector<float> sample_weights(place.index().size(), 1.0F);
    const std::vector<std::uint32_t> samples{0, 1, 2};
    const train::BatchPart part{.samples = samples, .first = 0, .global = 3};
    for (const char* optimizer : {"Adam", "SGD"}) {
        unet::Hyperparameters hyperparameters;
        hyperparameters.batch_size = 3;
        hyperparameters.optimizer = optimizer;
        const train::EngineSpec spec{.architecture = place.architecture(),
                                     .dataset = dataset,
                                     .index = place.index(),
                                     .hyperparameters = hyperparameters,
                                     .start_weights = place.weights(),
                                     .sample_weights = sample_weights,
                                     .precision = Precision::bf16};
        const auto trained = make_host_engine(spec), restored = make_host_engine(spec),
                   loaded = make_host_engine(spec);
        for (const int step : {0, 1}) trained->train(part, step, 1e-2, 0);
        const double loss = trained->evaluate(part, 0).sums.loss;
        EXPECT_NE(loss, loaded->evaluate(part, 0).sums.loss);
        EXPECT_EQ(restored->restore(trained->state(), trained->iterations()), "");
        EXPECT_EQ(restored->evaluate(part, 0).sums.loss, loss) << optimizer;
        loaded->load_weights(trained->weights());
        EXPECT_EQ(loaded->evaluate(part, 0).sums.loss, loss) << optimizer;
    }
}

TEST(HostEngine, AFailureEndsOneTrialAlone) {
    const core::Permutation one_epoch{{"epochs", std::int64_t{1}}};
    ::setenv("MSUNET_FAULT", "train.step:0:exception:2", 1);
    core::arm_faults(0);
    const test::SmallTrial place("host_fault");
    auto context = place.context();
    context.make_engine = make_host_engine;
    test::Control control;
    const auto failed = test::run_trial(context, test::assignment(one_epoch), control);
    ::unsetenv("MSUNET_FAULT");
    core::arm_faults(0);
    EXPECT_EQ(failed.state, record::TrialState::failed);
    EXPECT_NE(failed.reason, "");
    run(Precision::float32, one_epoch, true);
}

TEST(HostInference, LogitsEqualTheCpus) {
    test::expect_inference_like_cpu(
        [](const auto& architecture, auto weights, Precision precision) {
            return model::make_inference_network(
                {.architecture = architecture,
                 .options = {.precision = precision},
                 .weights = weights,
                 .fused_ops = gpu::make_cuda_fused_ops(
                     test::host_launcher(test::element_of(precision)), at::kCPU, at::Tensor())});
        });
}

TEST(HostInference, WeightsAreConvertedOnceForEachLoad) {
    int widened = 0;
    const auto count = [&](std::string_view name, const void*) {
        if (name == gpu::WidenKernel::name) ++widened;
    };
    const auto architecture = unet::published_architecture();
    // In float64 the CPU has no convolutions of its own, so that weights are converted as on a GPU.
    const auto make = [&](std::span<const core::NamedArray> weights) {
        return model::make_inference_network(
            {.architecture = architecture,
             .options = {.precision = Precision::float64},
             .weights = weights,
             .fused_ops = gpu::make_cuda_fused_ops(
                 test::host_launcher(at::kDouble, test::BlockOrder::forwards, count), at::kCPU,
                 at::Tensor())});
    };
    const at::Tensor x = at::rand({1, 32, 32}, at::kDouble);
    const auto network = make(test::weights_with_statistics(architecture));
    const at::Tensor first = network->infer(x);
    EXPECT_EQ(widened, 4) << "kernels of up-sampling";
    EXPECT_TRUE(network->infer(x).equal(first));
    static_cast<void>(network->bottleneck(x));
    EXPECT_EQ(widened, 4);
    const auto others = unet::initial_weights(architecture, 4);
    network->load(others);
    const at::Tensor second = network->infer(x);
    EXPECT_EQ(widened, 8);
    EXPECT_FALSE(second.equal(first));
    EXPECT_TRUE(second.equal(make(others)->infer(x)));
}

}  // namespace
}  // namespace msunet

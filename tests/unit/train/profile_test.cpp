// SPDX-License-Identifier: Apache-2.0
#include "msunet/train/profile.hpp"

#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>
#include <gmock/gmock.h>

#include <numeric>

#include "model/winograd.hpp"
#include "msunet/core/time.hpp"
#include "small_trial.hpp"

namespace msunet::train {
namespace {

double of(const SectionSeconds& seconds, Section section) {
    return seconds[static_cast<std::size_t>(section)];
}

TEST(SectionClock, EachMomentCountsInTheInnermostSection) {
    SectionClock clock;
    clock.enter(Section::rest, 10);
    clock.enter(Section::forward, 11);
    clock.enter(Section::convolution_forward, 13);
    clock.enter(std::nullopt, 14);  // an operator inside a convolution
    clock.leave(17);
    clock.leave(18);
    clock.leave(20);
    clock.leave(21);
    EXPECT_DOUBLE_EQ(of(clock.seconds(), Section::rest), 2);
    EXPECT_DOUBLE_EQ(of(clock.seconds(), Section::forward), 4);
    EXPECT_DOUBLE_EQ(of(clock.seconds(), Section::convolution_forward), 5);
    EXPECT_DOUBLE_EQ(std::accumulate(clock.seconds().begin(), clock.seconds().end(), 0.0), 11);
}

TEST(SectionClock, TimeBetweenStepsIsNotCounted) {
    SectionClock clock;
    for (const double began : {0.0, 100.0}) {
        clock.enter(Section::rest, began);
        clock.leave(began + 1);
    }
    EXPECT_DOUBLE_EQ(of(clock.seconds(), Section::rest), 2);
}

TEST(SectionOfMark, KnowsOursAndLibtorchsConvolutions) {
    EXPECT_EQ(section_of_mark("msunet::cut"), Section::cutting);
    EXPECT_EQ(section_of_mark("aten::convolution_backward"), Section::convolution_backward);
    EXPECT_EQ(section_of_mark("aten::mkldnn_convolution"), std::nullopt);
}

TEST(StepProfile, OurOwnConvolutionsCountAsSuch) {
    const auto* set = model::kernels::kernels_of(model::kernels::InstructionSet::avx2);
    if (set == nullptr) GTEST_SKIP() << "this processor has no AVX2";
    const auto& filter = set->float32_winograds->same.front();
    const auto image = at::ones({4, 32, 16, 16}).contiguous(at::MemoryFormat::ChannelsLast);
    const auto kernel = at::zeros({32, 3, 3, 32});
    const StepProfile profile;
    static_cast<void>(model::convolve(filter, image, kernel, at::zeros({32})));
    EXPECT_GT(of(profile.seconds(), Section::convolution_forward), 0);
    EXPECT_EQ(of(profile.seconds(), Section::convolution_backward), 0);
    static_cast<void>(model::input_gradient(filter, image, kernel));
    const double without_kernel = of(profile.seconds(), Section::convolution_backward);
    EXPECT_GT(without_kernel, 0);
    model::write_kernel_gradient(filter, image, image, kernel);
    EXPECT_GT(of(profile.seconds(), Section::convolution_backward), without_kernel);
}

TEST(StepProfile, EveryPartOfATrainingStepIsSeen) {
    const auto dataset = test::blobs();
    const data::PatchIndex index(dataset, {.fraction = 1});
    unet::Hyperparameters hyperparameters;
    const auto architecture = unet::published_architecture();
    const auto weights = unet::initial_weights(architecture, 1);
    const std::vector<float> sample_weights(index.size(), 1.0F);
    const auto engine = make_cpu_engine({.architecture = architecture,
                                         .dataset = dataset,
                                         .index = index,
                                         .hyperparameters = hyperparameters,
                                         .start_weights = weights,
                                         .sample_weights = sample_weights});
    const std::vector<std::uint32_t> samples{0, 1};
    SectionSeconds seconds;
    double wall = 0;
    {
        const StepProfile profile;
        const double began = core::steady_seconds();
        engine->train({.samples = samples, .global = 2}, 0, 1e-3, 0);
        wall = core::steady_seconds() - began;
        seconds = profile.seconds();
    }
    for (const auto section :
         {Section::cutting, Section::convolution_forward, Section::forward, Section::dropout_masks,
          Section::loss, Section::convolution_backward, Section::backward, Section::optimizer}) {
        EXPECT_GT(of(seconds, section), 0) << static_cast<int>(section);
    }
    EXPECT_EQ(of(seconds, Section::reduction), 0);
    const double total = std::accumulate(seconds.begin(), seconds.end(), 0.0);
    EXPECT_LE(total, wall);
    EXPECT_GT(total, 0.5 * wall);
    // No profile is active any more.
    EXPECT_TRUE(engine->train({.samples = samples, .global = 2}, 1, 1e-3, 0).status == 0);
}

}  // namespace
}  // namespace msunet::train

// SPDX-License-Identifier: Apache-2.0
#include "msunet/bench/work.hpp"

#include <gtest/gtest.h>

namespace msunet::bench {
namespace {

/// One convolution of 3×3 pixels from 1 to 4 channels, a bottleneck of one from 4 to 8, and back.
unet::Architecture small() {
    unet::Description description;
    description.blocks = {{.channels = 4, .convolutions = 1}, {.channels = 8, .convolutions = 1}};
    description.head_channels = 2;
    return unet::Architecture(description);
}

TEST(StepWork, CountsTheProductsOfTheConvolutions) {
    const auto architecture = small();
    double forward = 0;
    double first = 0;
    for (const auto& layer : architecture.layers()) {
        if (layer.kind != unet::LayerKind::convolution) continue;
        const double side = layer.halvings == 0 ? 32 : 16;
        const double flops =
            2 * side * side * layer.kernel * layer.kernel * layer.in_channels * layer.out_channels;
        if (first == 0) first = flops;
        forward += flops;
    }
    EXPECT_DOUBLE_EQ(first, 2.0 * 32 * 32 * 9 * 1 * 4);
    const auto work = step_work(architecture, 32, 32, 4);
    EXPECT_DOUBLE_EQ(work.flops_per_sample, 3 * forward - first);
}

TEST(StepWork, GrowsWithThePixelsAndBytesWithThePrecision) {
    const auto architecture = unet::published_architecture();
    const auto work = step_work(architecture, 64, 64, 4);
    const auto larger = step_work(architecture, 128, 64, 4);
    EXPECT_DOUBLE_EQ(larger.flops_per_sample, 2 * work.flops_per_sample);
    EXPECT_DOUBLE_EQ(larger.bytes_per_sample, 2 * work.bytes_per_sample);
    EXPECT_DOUBLE_EQ(larger.bytes_per_step, work.bytes_per_step);
    EXPECT_DOUBLE_EQ(step_work(architecture, 64, 64, 2).bytes_per_sample,
                     work.bytes_per_sample / 2);
    EXPECT_DOUBLE_EQ(work.bytes_per_step,
                     28.0 * static_cast<double>(architecture.trainable_parameter_count({})));
}

TEST(StepWork, IntensityGrowsWithTheSamplesOfARank) {
    const StepWork work{.flops_per_sample = 100, .bytes_per_sample = 10, .bytes_per_step = 90};
    EXPECT_DOUBLE_EQ(work.intensity(1), 1);
    EXPECT_DOUBLE_EQ(work.intensity(9), 5);
    EXPECT_EQ(StepWork{}.intensity(1), 0);
}

}  // namespace
}  // namespace msunet::bench

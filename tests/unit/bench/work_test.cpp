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

// By hand, on 32 x 32 pixels, in multiply-adds and in elements that move:
//   layer      side  kernel  in  out  multiply-adds  elements
//   conv1_1     32     3      1    4      36,864       30,720
//   conv2_1     16     3      4    8      73,728       19,456
//   up3         32     2      8    4     131,072       57,344
//   conv3_1     32     3      8    4     294,912       57,344
//   conv3_2     32     3      4    2      73,728       28,672
//   score       32     1      2    1       2,048       14,336
TEST(StepWork, IsThatOfAllConvolutions) {
    const auto work = step_work(small(), 32, 32, 4);
    EXPECT_DOUBLE_EQ(work.flops_per_sample, 2 * (3 * 612352 - 36864));
    EXPECT_DOUBLE_EQ(work.bytes_per_sample, 4 * 207872);
    // 877 weights; the optimiser reads four and writes three float32 for each.
    EXPECT_DOUBLE_EQ(work.bytes_per_step, 7 * 4 * 877);
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
}

TEST(StepWork, IntensityGrowsWithTheSamplesOfARank) {
    const StepWork work{.flops_per_sample = 100, .bytes_per_sample = 10, .bytes_per_step = 90};
    EXPECT_DOUBLE_EQ(work.intensity(1), 1);
    EXPECT_DOUBLE_EQ(work.intensity(9), 5);
    EXPECT_EQ(StepWork{}.intensity(1), 0);
}

}  // namespace
}  // namespace msunet::bench

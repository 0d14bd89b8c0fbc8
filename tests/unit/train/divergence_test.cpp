// SPDX-License-Identifier: Apache-2.0
#include "train/divergence.hpp"

#include <gmock/gmock.h>

#include <limits>
#include <vector>

namespace msunet::train {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

const std::vector<core::NamedArray> finite_weights{{"conv1_1/kernel:0", {2}, {0.5F, -1e30F}}};

record::EpochReport epoch(double loss, std::optional<double> val_dice = std::nullopt) {
    record::EpochReport report;
    report.epoch = 4;
    report.metrics.loss = loss;
    report.metrics.val_dice_coef = val_dice;
    return report;
}

TEST(Divergence, FiniteAndAbsentValuesAreNone) {
    EXPECT_THAT(divergence_of(epoch(0.4), std::nullopt, finite_weights), IsEmpty());
    EXPECT_THAT(divergence_of(epoch(0.4, 0.1), record::ModalityDice{}, finite_weights), IsEmpty());
}

TEST(Divergence, NamesTheMetricAndTheEpoch) {
    EXPECT_THAT(divergence_of(epoch(infinity), std::nullopt, finite_weights),
                HasSubstr("loss is infinite after epoch 5 (training diverged), try a smaller lr"));
    EXPECT_THAT(divergence_of(epoch(0.4, nan), std::nullopt, finite_weights),
                HasSubstr("val_dice_coef is NaN after epoch 5"));
    record::ModalityDice dice;
    dice.train[static_cast<std::size_t>(core::Modality::fmri)] = nan;
    EXPECT_THAT(divergence_of(epoch(0.4, 0.5), dice, finite_weights),
                HasSubstr("fmri_train_dice is NaN"));
}

TEST(Divergence, NamesTheWeights) {
    for (const auto bad : {nan, infinity}) {
        const std::vector<core::NamedArray> weights{
            finite_weights.front(),
            {"conv1_1_bn/moving_variance:0", {2}, {1.0F, static_cast<float>(bad)}}};
        EXPECT_THAT(divergence_of(epoch(0.4, 0.5), std::nullopt, weights),
                    HasSubstr("weights of 'conv1_1_bn/moving_variance:0' are not finite"));
    }
}

}  // namespace
}  // namespace msunet::train

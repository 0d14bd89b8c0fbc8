// SPDX-License-Identifier: Apache-2.0
#include "msunet/train/callbacks.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace msunet::train {
namespace {

unet::Hyperparameters with(unet::LrSchedule schedule) {
    unet::Hyperparameters h;
    h.lr = 0.01;
    h.epochs = 10;
    h.lr_schedule = schedule;
    return h;
}

TEST(Callbacks, ConstantRateStays) {
    Callbacks callbacks(with(unet::LrSchedule::constant), 7, "val_loss");
    for (int step = 0; step < 70; step += 7) EXPECT_EQ(callbacks.learning_rate(step), 0.01);
}

TEST(Callbacks, CosineFallsFromTheRateToNothing) {
    const Callbacks callbacks(with(unet::LrSchedule::cosine), 7, "val_loss");
    EXPECT_EQ(callbacks.learning_rate(0), 0.01);
    EXPECT_NEAR(callbacks.learning_rate(35), 0.005, 1e-12);
    EXPECT_NEAR(callbacks.learning_rate(10), 0.005 * (1 + std::cos(std::numbers::pi / 7)), 1e-15);
    EXPECT_NEAR(callbacks.learning_rate(70), 0, 1e-15);
}

TEST(Callbacks, PlateauDividesByTenAfterTenEpochsWithoutProgress) {
    Callbacks callbacks(with(unet::LrSchedule::plateau), 1, "val_loss");
    callbacks.end_epoch(0, {}, 0.5);
    for (int epoch = 1; epoch < 10; ++epoch) {
        // Less than min_delta better is no progress.
        callbacks.end_epoch(epoch, {}, 0.49995);
        EXPECT_EQ(callbacks.learning_rate(epoch), 0.01) << epoch;
    }
    callbacks.end_epoch(10, {}, 0.49995);
    EXPECT_NEAR(callbacks.learning_rate(11), 0.001, 1e-15);
    callbacks.end_epoch(11, {}, 0.4);
    EXPECT_NEAR(callbacks.learning_rate(12), 0.001, 1e-15);
}

TEST(Callbacks, StopsAfterPatience) {
    Callbacks callbacks(with(unet::LrSchedule::constant), 1, "val_dice_coef");
    EXPECT_TRUE(callbacks.end_epoch(0, 0.5, 1));
    EXPECT_FALSE(callbacks.end_epoch(1, 0.5, 1)) << "ties are no improvement";
    EXPECT_TRUE(callbacks.stops(1, 2));
    EXPECT_FALSE(callbacks.stops(2, 2));
    callbacks.end_epoch(2, 0.4, 1);
    EXPECT_TRUE(callbacks.stops(2, 3));
    EXPECT_FALSE(callbacks.stops(std::nullopt, 3));
    EXPECT_EQ(callbacks.state().best_epoch, 0);
}

TEST(Callbacks, NeverStopsAfterTheFirstEpoch) {
    Callbacks callbacks(with(unet::LrSchedule::constant), 1, "val_dice_coef");
    callbacks.end_epoch(0, std::nan(""), 1);
    EXPECT_FALSE(callbacks.stops(1, 1));
}

TEST(Callbacks, LowerIsBetterForLosses) {
    Callbacks callbacks(with(unet::LrSchedule::constant), 1, "val_loss");
    EXPECT_TRUE(callbacks.end_epoch(0, 0.5, 1));
    EXPECT_TRUE(callbacks.end_epoch(1, 0.4, 1));
    EXPECT_FALSE(callbacks.end_epoch(2, 0.45, 1));
}

TEST(Callbacks, NanNeverImproves) {
    Callbacks callbacks(with(unet::LrSchedule::constant), 1, "val_dice_coef");
    EXPECT_FALSE(callbacks.end_epoch(0, std::nan(""), 1));
    EXPECT_EQ(callbacks.state().best_epoch, -1);
}

}  // namespace
}  // namespace msunet::train

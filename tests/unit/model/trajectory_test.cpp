// SPDX-License-Identifier: Apache-2.0
/// \file
/// Training steps compared with Keras.

#include <cmath>

#include "fixtures.hpp"
#include "msunet/model/optimizer.hpp"

namespace msunet {
namespace {

using test::tensor;

/// Losses of the references' schedule: step s takes patches [8·(s mod 3), +8).
std::vector<double> losses(model::Precision precision, std::vector<bool> trainable,
                           const char* optimizer_name, double lr, int steps) {
    const auto fixture = test::fixture("trajectory");
    const at::Tensor x = tensor(fixture.at("x")), y = tensor(fixture.at("y"));
    const auto network = test::start_network(
        model::make_network,
        {.precision = precision, .dropout = 0, .trainable = std::move(trainable)});
    const auto optimizer = model::Optimizer::make(optimizer_name, network->parameters());
    std::vector<double> all;
    for (int s = 0; s < steps; ++s) {
        all.push_back(
            test::step(*network, x.narrow(0, 8 * (s % 3), 8), y.narrow(0, 8 * (s % 3), 8)));
        optimizer->step(lr);
    }
    return all;
}

TEST(Trajectory, FirstFloat64LossesEqualKeras) {
    const auto fixture = test::fixture("trajectory");
    const auto adam = losses(model::Precision::float64, test::all_but_the_head(), "Adam", 1e-3, 5);
    const auto sgd = losses(model::Precision::float64, test::all_but_the_head(), "SGD", 0.1, 5);
    for (std::size_t i = 0; i < 5; ++i) {
        EXPECT_NEAR(adam[i], fixture.at("adam_float64").values[i], 1e-8) << "Adam, " << i;
        EXPECT_NEAR(sgd[i], fixture.at("sgd_float64").values[i], 1e-8) << "SGD, " << i;
    }
}

TEST(Trajectory, Float32StaysNearKeras) {
    const auto fixture = test::fixture("trajectory");
    const auto frozen =
        losses(model::Precision::float32, test::all_but_the_head(), "Adam", 1e-3, 12);
    const auto all = losses(model::Precision::float32, {}, "Adam", 1e-3, 12);
    for (std::size_t i = 0; i < 12; ++i) {
        EXPECT_NEAR(frozen[i], fixture.at("adam_frozen").values[i], 1e-2) << i;
        EXPECT_NEAR(all[i], fixture.at("adam_all").values[i], 3e-2) << i;
    }
    EXPECT_NEAR(frozen[0], fixture.at("adam_frozen").values[0], 5e-5);
}

TEST(Trajectory, Bfloat16Learns) {
    const auto all = losses(model::Precision::bf16, {}, "Adam", 1e-3, 12);
    EXPECT_LT(all[9], all[0] - 0.15);
}

}  // namespace
}  // namespace msunet

// SPDX-License-Identifier: Apache-2.0
// Gradients against Keras, by tensor.

#include <cmath>

#include "fixtures.hpp"

namespace msunet {
namespace {

using test::tensor;

class Gradient : public testing::TestWithParam<test::Maker> {};

/// Largest relative difference of the norms of all gradients.
double norm_difference(const model::Network& network, const test::NpyArray& norms,
                       const test::NpyArray& names) {
    const auto& parameters = network.parameters();
    EXPECT_EQ(parameters.segments().size(), names.texts.size());
    double largest = 0;
    for (std::size_t i = 0; i < names.texts.size(); ++i) {
        EXPECT_EQ(parameters.segments()[i].name, names.texts[i]);
        const double norm =
            parameters.gradient(i).to(at::kDouble).square().sum().sqrt().item<double>();
        largest = std::max(largest, std::abs(norm / norms.values[i] - 1));
    }
    return largest;
}

TEST_P(Gradient, NormsWithInferenceStatisticsEqualKeras) {
    const auto fixture = test::fixture("gradient");
    for (const auto& [precision, tolerance] : {std::pair(model::Precision::float32, 1e-4),
                                               std::pair(model::Precision::float64, 1e-10)}) {
        const std::string name =
            precision == model::Precision::float64 ? "inference_float64" : "inference_float32";
        const auto network = test::start_network(
            GetParam(), {.precision = precision, .dropout = 0, .batch_statistics = false});
        const double loss = test::step(*network, tensor(fixture.at("x")), tensor(fixture.at("y")));
        EXPECT_NEAR(loss, fixture.at(name + "_loss").values[0],
                    precision == model::Precision::float64 ? 1e-12 : 1e-6);
        EXPECT_LE(norm_difference(*network, fixture.at(name + "_norms"), fixture.at("names")),
                  tolerance);
    }
}

TEST_P(Gradient, NormsWithBatchStatisticsEqualKeras) {
    const auto fixture = test::fixture("gradient");
    const auto network =
        test::start_network(GetParam(), {.precision = model::Precision::float64, .dropout = 0});
    const double loss = test::step(*network, tensor(fixture.at("x")), tensor(fixture.at("y")));
    EXPECT_NEAR(loss, fixture.at("training_float64_loss").values[0], 1e-12);
    EXPECT_LE(norm_difference(*network, fixture.at("training_float64_norms"), fixture.at("names")),
              1e-8);
}

TEST_P(Gradient, Float32WithBatchStatisticsEqualsKerasAsFarAsItself) {
    const auto fixture = test::fixture("gradient");
    const auto network = test::start_network(GetParam(), {.dropout = 0});
    const double loss = test::step(*network, tensor(fixture.at("x")), tensor(fixture.at("y")));
    EXPECT_NEAR(loss, fixture.at("training_float64_loss").values[0], 5e-5);
    EXPECT_LE(norm_difference(*network, fixture.at("training_float64_norms"), fixture.at("names")),
              7e-2);
}

TEST_P(Gradient, TensorsEqualKeras) {
    const auto fixture = test::fixture("trajectory");
    const auto network = test::start_network(GetParam(), {.precision = model::Precision::float64,
                                                          .dropout = 0,
                                                          .trainable = test::all_but_the_head()});
    test::step(*network, tensor(fixture.at("x")).narrow(0, 0, 8),
               tensor(fixture.at("y")).narrow(0, 0, 8));
    EXPECT_LE(norm_difference(*network, fixture.at("norms"), fixture.at("names")), 1e-8);
    const auto& parameters = network->parameters();
    int compared = 0;
    for (std::size_t i = 0; i < parameters.segments().size(); ++i) {
        const auto at = fixture.find("gradient " + parameters.segments()[i].name);
        if (at == fixture.end()) continue;
        at::Tensor gradient = parameters.gradient(i);
        if (gradient.dim() == 4) gradient = gradient.permute({1, 2, 3, 0});
        at::Tensor expected = at::from_blob(const_cast<double*>(at->second.values.data()),
                                            at->second.shape, at::kDouble);
        const double scale = expected.abs().max().item<double>();
        EXPECT_LE(test::largest_difference(gradient, expected), 1e-7 * scale) << at->first;
        ++compared;
    }
    EXPECT_EQ(compared, 6);
}

INSTANTIATE_TEST_SUITE_P(Networks, Gradient,
                         testing::Values(model::make_fused_network, model::make_autograd_network),
                         [](const auto& each) {
                             return each.param == model::make_fused_network ? "Fused" : "Autograd";
                         });

}  // namespace
}  // namespace msunet

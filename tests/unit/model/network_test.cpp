// SPDX-License-Identifier: Apache-2.0
// What holds for every kind of network.

#include "msunet/model/network.hpp"

#include <ATen/ops/rand.h>
#include <ATen/ops/zeros.h>

#include "fixtures.hpp"
#include "msunet/core/error.hpp"
#include "msunet/unet/initializers.hpp"

namespace msunet::model {
namespace {

const auto& start() {
    static const auto weights = unet::initial_weights(test::published(), 11);
    return weights;
}

class AnyNetwork : public testing::TestWithParam<test::Maker> {
protected:
    static std::unique_ptr<Network> make(NetworkOptions options,
                                         std::span<const core::NamedArray> weights = start()) {
        return test::published_network(GetParam(), std::move(options), weights);
    }
};

TEST_P(AnyNetwork, GivesBackTheWeightsItWasGiven) {
    const auto network = make({}, unet::initial_weights(test::published(), 1));
    EXPECT_NE(network->weights(), start());
    network->load(start());
    EXPECT_EQ(network->weights(), start());
}

TEST_P(AnyNetwork, RefusesWeightsOfAnotherShape) {
    auto weights = start();
    weights[4].shape = {1};
    EXPECT_THROW(static_cast<void>(make({}, weights)), core::Error);
    weights.pop_back();
    EXPECT_THROW(static_cast<void>(make({}, weights)), core::Error);
}

TEST_P(AnyNetwork, HasGradientsOfWhatTrainsAlone) {
    unet::Hyperparameters h;
    h.which_layer = 10;
    h.upsampling_trainable = false;
    const auto trains = test::published().trainable_layers(h);
    const auto network = make({.trainable = trains});
    std::size_t expected = 0;
    for (const auto& tensor : test::published().tensors()) {
        if (trains[tensor.layer] && !tensor.statistic) ++expected;
    }
    EXPECT_EQ(network->parameters().segments().size(), expected);
    EXPECT_EQ(network->parameters().size(),
              static_cast<std::int64_t>(test::published().trainable_parameter_count(h)));
}

TEST_P(AnyNetwork, GradientsOfWhatTrainsDontDependOnWhatIsFrozen) {
    // With inference statistics freezing changes nothing else.
    const at::Tensor x = at::rand({2, 32, 32}), y = (at::rand({2, 32, 32}) > 0.5).to(at::kFloat);
    NetworkOptions options{
        .precision = Precision::float64, .dropout = 0, .batch_statistics = false};
    const auto all = make(options);
    test::step(*all, x, y);
    const auto& whole = all->parameters();
    for (const std::int64_t layer : {0, 5, 10, 17}) {
        unet::Hyperparameters h;
        h.which_layer = layer;
        h.contracting_batch_norm_trainable = layer != 5;
        options.trainable = test::published().trainable_layers(h);
        const auto some = make(options);
        test::step(*some, x, y);
        const auto& part = some->parameters();
        for (std::size_t i = 0, j = 0; i < part.segments().size(); ++i, ++j) {
            while (whole.segments()[j].name != part.segments()[i].name) ++j;
            EXPECT_LE(test::largest_difference(part.gradient(i), whole.gradient(j)), 1e-13)
                << part.segments()[i].name;
        }
    }
}

TEST_P(AnyNetwork, TakesBatchesWithoutSamples) {
    const auto network = make({});
    const at::Tensor before = network->moving_statistics().clone();
    network->parameters().gradients().fill_(1);
    const at::Tensor logits = network->forward(at::zeros({0, 32, 32}), {});
    EXPECT_EQ(logits.sizes(), (std::vector<std::int64_t>{0, 32, 32}));
    network->backward(logits);
    EXPECT_EQ(network->parameters().gradients().abs().max().item<double>(), 0);
    EXPECT_TRUE(network->moving_statistics().equal(before));
}

TEST_P(AnyNetwork, HasTheBottleneckOfKerasFlattened) {
    const auto fixture = test::fixture("forward");
    // The first 8 channels of the first sample.
    const auto features = [&](Precision precision) {
        const auto network = test::start_network(GetParam(), {.precision = precision});
        const at::Tensor all = network->bottleneck(test::tensor(fixture.at("x")));
        EXPECT_EQ(all.size(1), 4 * 4 * 256);
        return all[0].view({4, 4, 256}).narrow(2, 0, 8).to(at::kDouble);
    };
    // Keras computes in float32. Rounding errors of the two programs have bounds of their own:
    // their sum reaches 1e-5 on numbers up to 2.7.
    const at::Tensor exact = features(Precision::float64);
    const at::Tensor keras = test::tensor(fixture.at("bottleneck")).view({4, 4, 8});
    EXPECT_LE(test::largest_difference(exact, keras), 1e-5);
    EXPECT_LE(test::largest_difference(exact, features(Precision::float32)), 1e-5);
}

INSTANTIATE_TEST_SUITE_P(Kinds, AnyNetwork,
                         testing::Values(make_fused_network, make_autograd_network),
                         [](const auto& each) {
                             return each.param == make_fused_network ? "Fused" : "Autograd";
                         });

TEST(MakeNetwork, RunsWhatTheFusedNetworkCantRun) {
    EXPECT_FALSE(fused_network_problem(test::published()));
    const auto small = test::small_residual();
    const auto weights = unet::initial_weights(small, 1);
    ASSERT_TRUE(fused_network_problem(small));
    const auto network = make_network({.architecture = small, .weights = weights});
    EXPECT_EQ(network->infer(at::zeros({2, 32, 64})).sizes(),
              (std::vector<std::int64_t>{2, 32, 64}));
    try {
        static_cast<void>(make_fused_network({.architecture = small, .weights = weights}));
        FAIL() << "the fused network runs a residual connection";
    } catch (const core::Error& error) {
        EXPECT_NE(std::string(error.what()).find("residual"), std::string::npos) << error.what();
    }
}

TEST(MakeNetwork, KnowsWhatKeepsTheFusedNetworkFromRunning) {
    const auto problem = [](auto&& change) {
        unet::Description description = unet::published_architecture().description();
        change(description);
        return fused_network_problem(unet::Architecture(description)).value_or("");
    };
    EXPECT_EQ(problem([](auto& d) { d.blocks.resize(3); }), "");
    EXPECT_EQ(problem([](auto& d) { d.blocks[1].channels = 96; }), "");
    EXPECT_NE(problem([](auto& d) { d.blocks[1].channels = 80; }), "");
    EXPECT_NE(problem([](auto& d) { d.blocks[0].channels = 64; }), "");
    EXPECT_NE(problem([](auto& d) { d.blocks[1].convolutions = 3; }), "");
    EXPECT_NE(problem([](auto& d) { d.blocks[1].kernel = 5; }), "");
    EXPECT_NE(problem([](auto& d) { d.blocks[1].skip = false; }), "");
    EXPECT_EQ(problem([](auto& d) { d.blocks.back().skip = false; }), "");
    EXPECT_NE(problem([](auto& d) { d.input_channels = 2; }), "");
    EXPECT_NE(problem([](auto& d) { d.up_kernel = 3; }), "");
    EXPECT_NE(problem([](auto& d) { d.head_channels = 1; }), "");
}

}  // namespace
}  // namespace msunet::model

// SPDX-License-Identifier: Apache-2.0
#include "msunet/model/network.hpp"

#include <ATen/Context.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros.h>

#include <limits>

#include "fixtures.hpp"
#include "msunet/core/error.hpp"
#include "msunet/unet/initializers.hpp"

namespace msunet::model {
namespace {

const auto& start() {
    static const auto weights = unet::initial_weights(11);
    return weights;
}

TEST(Network, PlainOperatorsGiveTheSame) {
    // The same draw whichever tests run before: in float32 one in forty exceeds the tolerance.
    at::manual_seed(3);
    for (const auto precision : {Precision::float64, Precision::float32}) {
        const NetworkOptions options{.precision = precision, .dropout = 0.3};
        Network a(options, start()), b(options, start(), make_aten_fused_ops());
        const at::Tensor x = at::rand({3, 32, 32}), d = at::randn({3, 32, 32}) / 1000;
        const auto type = a.master_options().dtype();
        // Batch statistics amplify rounding, see the tolerances of the reference.
        const double tolerance = precision == Precision::float64 ? 1e-10 : 5e-2;
        const StepContext context{.dropout = {4, 2}, .first_sample = 1};
        EXPECT_LE(test::largest_difference(a.forward(x, context), b.forward(x, context)),
                  tolerance);
        a.backward(d.to(type));
        b.backward(d.to(type));
        const double scale = b.parameters().gradients().abs().max().item<double>();
        EXPECT_LE(test::largest_difference(a.parameters().gradients(), b.parameters().gradients()),
                  tolerance * scale);
        EXPECT_LE(test::largest_difference(a.moving_statistics(), b.moving_statistics()),
                  precision == Precision::float64 ? 1e-12 : 1e-5);
        EXPECT_LE(test::largest_difference(a.infer(x), b.infer(x)), tolerance);
    }
}

TEST(Network, WeightsComeBackAsTheyWent) {
    Network network({}, unet::initial_weights(1));
    EXPECT_NE(network.weights(), start());
    network.load(start());
    EXPECT_EQ(network.weights(), start());
}

TEST(Network, WrongShapesAreErrors) {
    auto weights = start();
    weights[4].shape = {1};
    EXPECT_THROW(Network({}, weights), core::Error);
    weights.pop_back();
    EXPECT_THROW(Network({}, weights), core::Error);
}

TEST(Network, FrozenLayersHaveNoGradient) {
    unet::Hyperparameters h;
    h.which_layer = 10;
    h.upsampling_trainable = false;
    Network network({.trainable = test::trainable_layers(h)}, start());
    std::size_t expected = 0;
    for (const auto& tensor : unet::tensors()) {
        if (unet::is_trainable(tensor, h)) ++expected;
    }
    EXPECT_EQ(network.parameters().segments().size(), expected);
    EXPECT_EQ(network.parameters().size(),
              static_cast<std::int64_t>(unet::trainable_parameter_count(h)));
}

TEST(Network, GradientsOfWhatTrainsDontDependOnWhatIsFrozen) {
    // With inference statistics freezing changes nothing else.
    const at::Tensor x = at::rand({2, 32, 32}), y = (at::rand({2, 32, 32}) > 0.5).to(at::kFloat);
    NetworkOptions options{
        .precision = Precision::float64, .dropout = 0, .batch_statistics = false};
    Network all(options, start());
    test::step(all, x, y);
    for (const std::int64_t layer : {0, 5, 10, 17}) {
        unet::Hyperparameters h;
        h.which_layer = layer;
        h.contracting_batch_norm_trainable = layer != 5;
        options.trainable = test::trainable_layers(h);
        Network some(options, start());
        test::step(some, x, y);
        for (std::size_t i = 0, j = 0; i < some.parameters().segments().size(); ++i, ++j) {
            while (all.parameters().segments()[j].name != some.parameters().segments()[i].name) ++j;
            EXPECT_LE(test::largest_difference(some.parameters().gradient(i),
                                               all.parameters().gradient(j)),
                      1e-13)
                << some.parameters().segments()[i].name;
        }
    }
}

constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

TEST(Network, InputsMadeAnewChangeNoBit) {
    const at::Tensor x = at::rand({3, 32, 64}), d = at::randn({3, 32, 64}) / 1000;
    const StepContext context{.dropout = {4, 2}, .first_sample = 1};
    for (const auto precision : {Precision::float32, Precision::bf16}) {
        for (const double dropout : {0.0, 0.3, 0.5}) {
            // Layers 0, 3, …: from all that train to the last few.
            for (std::int64_t layer = 0; layer < 18; layer += 3) {
                unet::Hyperparameters h;
                h.which_layer = layer;
                NetworkOptions options{.precision = precision,
                                       .dropout = dropout,
                                       .trainable = test::trainable_layers(h),
                                       .recompute_above = never};
                Network kept(options, start());
                options.recompute_above = 0;
                Network renewed(options, start());
                const auto type = kept.master_options().dtype();
                EXPECT_TRUE(kept.forward(x, context).equal(renewed.forward(x, context)));
                kept.backward(d.to(type));
                renewed.backward(d.to(type));
                EXPECT_TRUE(kept.parameters().gradients().equal(renewed.parameters().gradients()))
                    << "layer " << layer << ", dropout " << dropout;
                EXPECT_TRUE(kept.moving_statistics().equal(renewed.moving_statistics()));
            }
        }
    }
}

TEST(Network, NoSamplesAreFine) {
    Network network({}, start());
    const at::Tensor before = network.moving_statistics().clone();
    network.parameters().gradients().fill_(1);
    const at::Tensor logits = network.forward(at::zeros({0, 32, 32}), {});
    EXPECT_EQ(logits.size(0), 0);
    network.backward(logits);
    EXPECT_EQ(network.parameters().gradients().abs().max().item<double>(), 0);
    EXPECT_TRUE(network.moving_statistics().equal(before));
}

TEST(Network, BottleneckIsKerasFlattened) {
    SKIP_WITHOUT_REFERENCE();
    const auto fixture = test::fixture("train");
    Network network({}, test::start_weights());
    const at::Tensor features = network.bottleneck(test::tensor(fixture.at("fwd_in")));
    EXPECT_EQ(features.size(1), 4 * 4 * 256);
    // act_conv5_2_bn holds the first 8 channels of the first sample.
    const at::Tensor first = features[0].view({4, 4, 256}).narrow(2, 0, 8);
    EXPECT_LE(
        test::largest_difference(first, test::tensor(fixture.at("act_conv5_2_bn")).view({4, 4, 8})),
        1e-5);
}

}  // namespace
}  // namespace msunet::model

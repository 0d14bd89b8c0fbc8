// SPDX-License-Identifier: Apache-2.0
// The fused network against the autograd network.

#include <ATen/Context.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/randn.h>

#include <cmath>
#include <limits>
#include <map>
#include <string>

#include "fixtures.hpp"
#include "msunet/unet/initializers.hpp"

namespace msunet::model {
namespace {

/// What a training step gives, in float64.
struct Results {
    at::Tensor logits, gradients, statistics;
};

/// A batch and the gradient of its logits.
struct Batch {
    at::Tensor x, d;
};

Batch draw(std::uint64_t seed, std::int64_t samples, std::int64_t height, std::int64_t width) {
    at::manual_seed(seed);
    return {at::rand({samples, height, width}),
            at::randn({samples, height, width}) / static_cast<double>(height * width)};
}

/// Weights of the published architecture are drawn once for a seed.
const std::vector<core::NamedArray>& published_weights(std::uint64_t seed) {
    static std::map<std::uint64_t, std::vector<core::NamedArray>> drawn;
    auto& weights = drawn[seed];
    if (weights.empty()) weights = unet::initial_weights(test::published(), seed);
    return weights;
}

/// A network and the weights that it starts from.
struct Start {
    const unet::Architecture& architecture;
    std::span<const core::NamedArray> weights;
};

Results run(const Start& start, test::Maker make, const NetworkOptions& options, std::uint64_t seed,
            const Batch& batch, std::unique_ptr<FusedOps> fused_ops = nullptr) {
    const auto network = make({.architecture = start.architecture,
                               .options = options,
                               .weights = start.weights,
                               .fused_ops = std::move(fused_ops)});
    const StepContext context{.dropout = {seed, 2}, .first_sample = 1};
    const auto wide = [](const at::Tensor& t) { return t.detach().to(at::kDouble, false, true); };
    Results results;
    results.logits = wide(network->forward(batch.x, context));
    network->backward(batch.d.to(network->master_options().dtype()));
    results.gradients = wide(network->parameters().gradients());
    results.statistics = wide(network->moving_statistics());
    return results;
}

/// The largest difference by the largest value.
double relative(const at::Tensor& a, const at::Tensor& b) {
    if (b.numel() == 0) return 0;
    return test::largest_difference(a, b) / b.abs().max().item<double>();
}

void expect_equal(const Results& fused, const Results& autograd, const std::string& what) {
    // Batch statistics amplify rounding.
    EXPECT_LE(relative(fused.logits, autograd.logits), 1e-11) << what;
    EXPECT_LE(relative(fused.gradients, autograd.gradients), 1e-10) << what;
    EXPECT_LE(relative(fused.statistics, autograd.statistics), 1e-12) << what;
}

class FusedNetwork : public testing::TestWithParam<std::uint64_t> {
protected:
    static Start published() { return {test::published(), published_weights(GetParam())}; }

    /// Compares in float64.
    static void compare(NetworkOptions options, const Batch& batch, const std::string& what,
                        const Start& start = published()) {
        options.precision = Precision::float64;
        expect_equal(run(start, make_fused_network, options, GetParam(), batch),
                     run(start, make_autograd_network, options, GetParam(), batch), what);
    }
};

TEST_P(FusedNetwork, EqualsAutogradAtAnySize) {
    for (const auto& [height, width] : {std::pair{32, 32}, {32, 64}, {96, 48}, {16, 16}}) {
        compare({.dropout = 0.3}, draw(GetParam(), 3, height, width),
                std::to_string(height) + "x" + std::to_string(width));
    }
}

TEST_P(FusedNetwork, EqualsAutogradUnderAnyDropout) {
    for (const double dropout : {0.0, 0.25, 0.5, 0.9}) {
        compare({.dropout = dropout}, draw(GetParam(), 2, 32, 32), std::to_string(dropout));
    }
}

TEST_P(FusedNetwork, EqualsAutogradWhateverTrains) {
    using unet::Hyperparameters;
    const auto batch = draw(GetParam(), 2, 32, 32);
    const auto compare_subset = [&](const Hyperparameters& h, const std::string& what) {
        compare({.trainable = test::published().trainable_layers(h)}, batch, what);
    };
    for (const std::int64_t layer : {0, 1, 6, 12, 18}) {
        Hyperparameters h;
        h.which_layer = layer;
        compare_subset(h, "which_layer " + std::to_string(layer));
    }
    for (bool Hyperparameters::*flag :
         {&Hyperparameters::score_trainable, &Hyperparameters::expanding_batch_norm_trainable,
          &Hyperparameters::contracting_batch_norm_trainable,
          &Hyperparameters::upsampling_trainable,
          &Hyperparameters::upsampling_batch_norm_trainable}) {
        Hyperparameters h;
        h.*flag = false;
        compare_subset(h, "one part frozen");
        h.which_layer = 0;
        compare_subset(h, "one part and all counted convolutions frozen");
    }
}

// Where kernels normalise what they read, the last output must be written for it.
TEST_P(FusedNetwork, GivesTheBottleneckInEachPrecision) {
    const auto batch = draw(GetParam(), 2, 32, 32);
    const auto bottleneck = [&](test::Maker make, Precision precision) {
        const auto network = make({.architecture = test::published(),
                                   .options = {.precision = precision, .inference_only = true},
                                   .weights = published_weights(GetParam())});
        return network->bottleneck(batch.x).to(at::kDouble);
    };
    const auto expected = bottleneck(make_autograd_network, Precision::float64);
    for (const auto& [precision, tolerance] : {std::pair{Precision::float64, 1e-11},
                                               {Precision::float32, 1e-5},
                                               {Precision::bf16, 3e-2}}) {
        EXPECT_LE(relative(bottleneck(make_fused_network, precision), expected), tolerance);
    }
}

TEST_P(FusedNetwork, EqualsAutogradWithAtenOperators) {
    const auto batch = draw(GetParam(), 3, 32, 48);
    const NetworkOptions options{.precision = Precision::float64, .dropout = 0.3};
    expect_equal(
        run(published(), make_fused_network, options, GetParam(), batch, make_aten_fused_ops()),
        run(published(), make_autograd_network, options, GetParam(), batch), "ATen operators");
}

TEST_P(FusedNetwork, EqualsAutogradInInferenceMode) {
    compare({.batch_statistics = false}, draw(GetParam(), 2, 32, 32), "inference statistics");
}

TEST_P(FusedNetwork, EqualsAutogradOnOtherBlocks) {
    const unet::Architecture three(
        {.name = "three",
         .blocks = {{.channels = 32}, {.channels = 96}, {.channels = 64}},
         .batch_norm = {.momentum = 0.9, .epsilon = 0.01}});
    const auto weights = unet::initial_weights(three, GetParam());
    compare({}, draw(GetParam(), 2, 24, 20), "three blocks", {three, weights});
}

/// The results of the published network in float32 and, to judge them, in float64.
struct Rounding {
    Results exact, fused, autograd;

    explicit Rounding(std::uint64_t seed) {
        const auto batch = draw(seed, 3, 32, 32);
        const auto at = [&](test::Maker make, Precision precision) {
            return run({test::published(), published_weights(seed)}, make,
                       {.precision = precision, .dropout = 0.3}, seed, batch);
        };
        exact = at(make_autograd_network, Precision::float64);
        fused = at(make_fused_network, Precision::float32);
        autograd = at(make_autograd_network, Precision::float32);
    }

    /// The relative error of one of both, in the norm.
    [[nodiscard]] double error(const Results& found, at::Tensor Results::*member) const {
        return ((found.*member - exact.*member).norm() / (exact.*member).norm()).item<double>();
    }
};

// In float32 batch statistics amplify rounding by a factor that depends on the draw. Both networks
// meet the same one, so that each is as far from the result in float64 as the other.
TEST_P(FusedNetwork, IsAsExactInFloat32AsAutograd) {
    const Rounding rounding(GetParam());
    for (const auto member : {&Results::logits, &Results::statistics}) {
        EXPECT_LE(rounding.error(rounding.fused, member),
                  10 * rounding.error(rounding.autograd, member) + 1e-6);
    }
}

INSTANTIATE_TEST_SUITE_P(Seeds, FusedNetwork, testing::Values(1, 2, 3));

// Gradients also depend on which side of 0 a few numbers fall, in either network and from draw to
// draw by a factor of 100, so that they are compared over several.
TEST(FusedNetworkRounding, OfGradientsIsThatOfAutograd) {
    double fused = 0, autograd = 0;
    for (const std::uint64_t seed : {1, 2, 3, 4, 5}) {
        const Rounding rounding(seed);
        fused += rounding.error(rounding.fused, &Results::gradients);
        autograd += rounding.error(rounding.autograd, &Results::gradients);
    }
    EXPECT_LE(fused, 10 * autograd + 1e-6);
}

constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

TEST(FusedNetworkRecomputation, ChangesNoBit) {
    const Batch batch = draw(1, 3, 32, 64);
    const auto results = [&](NetworkOptions options, std::int64_t above) {
        options.recompute_above = above;
        return run({test::published(), published_weights(1)}, make_fused_network, options, 1,
                   batch);
    };
    for (const auto precision : {Precision::float32, Precision::bf16}) {
        for (const double dropout : {0.0, 0.3, 0.5}) {
            // Layers 0, 3, …: from all that train to the last few.
            for (std::int64_t layer = 0; layer < 18; layer += 3) {
                unet::Hyperparameters h;
                h.which_layer = layer;
                const NetworkOptions options{.precision = precision,
                                             .dropout = dropout,
                                             .trainable = test::published().trainable_layers(h)};
                const Results kept = results(options, never), recomputed = results(options, 0);
                EXPECT_TRUE(kept.logits.equal(recomputed.logits));
                EXPECT_TRUE(kept.gradients.equal(recomputed.gradients))
                    << "layer " << layer << ", dropout " << dropout;
                EXPECT_TRUE(kept.statistics.equal(recomputed.statistics));
            }
        }
    }
}

/// Weights whose BatchNorm coefficients differ by up to a factor of four from channel to channel.
std::vector<core::NamedArray> uneven_weights(const unet::Architecture& architecture,
                                             std::uint64_t seed) {
    auto weights = unet::initial_weights(architecture, seed);
    std::uint64_t next = 1000 * seed;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        const auto& role = architecture.tensors()[i].role;
        if (role == "kernel") continue;
        for (float& value : weights[i].values) {
            const auto u = static_cast<float>(test::seeded_uniform(next++));
            if (role == "gamma") value = std::exp2(2 * u - 1);
            if (role == "beta") value = 2 * u - 1;
            if (role == "bias") value = u / 2;
        }
    }
    return weights;
}

/// By tensor, with inference statistics, which don't amplify rounding.
std::vector<at::Tensor> gradients_of(const Start& start, test::Maker make, NetworkOptions options,
                                     const Batch& batch) {
    options.dropout = 0;
    options.batch_statistics = false;
    const auto network =
        make({.architecture = start.architecture, .options = options, .weights = start.weights});
    static_cast<void>(network->forward(batch.x, {}));
    network->backward(batch.d.to(network->master_options().dtype()));
    std::vector<at::Tensor> gradients;
    for (std::size_t i = 0; i < network->parameters().segments().size(); ++i) {
        gradients.push_back(network->parameters().gradient(i).to(at::kDouble, false, true));
    }
    return gradients;
}

// Gradients of one sign: in sums over pixels errors of rounding cancel out, those of coefficients
// don't. In a shallow network, since ReLU and pooling turn rounding into other choices. The largest
// error is 0.06; with the scale or shift of another layer in one place it is at least 0.8.
TEST(FusedNetworkInBf16, HasTheGradientsOfFloat64) {
    const unet::Architecture three(
        {.name = "three", .blocks = {{.channels = 32}, {.channels = 64}, {.channels = 64}}});
    for (const std::uint64_t seed : {1, 2, 3}) {
        const auto weights = uneven_weights(three, seed);
        const Start start{three, weights};
        auto batch = draw(seed, 3, 64, 64);
        batch.d = batch.d.abs();
        const auto exact =
            gradients_of(start, make_autograd_network, {.precision = Precision::float64}, batch);
        for (const std::int64_t above : {never, std::int64_t{0}}) {
            const auto found =
                gradients_of(start, make_fused_network,
                             {.precision = Precision::bf16, .recompute_above = above}, batch);
            for (std::size_t i = 0; i < exact.size(); ++i) {
                const double error =
                    ((found[i] - exact[i]).norm() / exact[i].norm()).item<double>();
                EXPECT_LT(error, 0.12) << "tensor " << i << ", seed " << seed;
            }
        }
    }
}

}  // namespace
}  // namespace msunet::model

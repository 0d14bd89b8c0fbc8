// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "data/shade.hpp"
#include "msunet/core/random.hpp"
#include "msunet/data/augmented_batch.hpp"
#include "msunet/data/cut_batch.hpp"
#include "unit/data/ellipse.hpp"

namespace msunet::data {
namespace {

using core::AugmentationLevel;
using testing::Each;
using testing::FloatNear;

Pixels noise(std::size_t height, std::size_t width) {
    Pixels pixels{height, width, {}};
    core::RandomStream random(7);
    for (std::size_t i = 0; i < height * width; ++i) {
        pixels.values.push_back(static_cast<float>(random.uniform()));
    }
    return pixels;
}

std::vector<float> shaded(const Shading& shading) {
    Pixels pixels = noise(40, 30);
    core::RandomStream random(5);
    shade(pixels, shading, random);
    return pixels.values;
}

double mean(const std::vector<float>& values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double deviation(const std::vector<float>& values) {
    double sum = 0;
    for (const float value : values) sum += (value - mean(values)) * (value - mean(values));
    return std::sqrt(sum / static_cast<double>(values.size()));
}

TEST(Shade, ChangesNothingThatWasNotDrawn) { EXPECT_EQ(shaded({}), noise(40, 30).values); }

TEST(Shade, OperationsDoWhatTheirValuesSay) {
    const auto plain = shaded({});
    const auto bright = shaded({.brightness = 1.3});
    for (std::size_t i = 0; i < plain.size(); ++i) {
        ASSERT_FLOAT_EQ(bright[i], plain[i] * 1.3F);
    }
    const auto flat = shaded({.contrast = 0.5});
    EXPECT_NEAR(mean(flat), mean(plain), 1e-6);
    EXPECT_NEAR(deviation(flat), 0.5 * deviation(plain), 1e-6);
    const auto steep = shaded({.contrast = 1.5});
    EXPECT_EQ(*std::ranges::max_element(steep), *std::ranges::max_element(plain));
    EXPECT_EQ(*std::ranges::min_element(steep), *std::ranges::min_element(plain));
    const auto noisy = shaded({.noise = 0.1});
    double squares = 0;
    for (std::size_t i = 0; i < plain.size(); ++i) {
        squares += (noisy[i] - plain[i]) * (noisy[i] - plain[i]);
    }
    EXPECT_NEAR(std::sqrt(squares / 1200), 0.1 * deviation(plain), 0.01 * deviation(plain));
    const auto biased = shaded({.bias = 0.5});
    for (std::size_t i = 0; i < plain.size(); ++i) {
        ASSERT_GE(biased[i], plain[i] * std::exp(-0.5F) * 0.999F);
        ASSERT_LE(biased[i], plain[i] * std::exp(0.5F) * 1.001F);
    }
    std::vector<float> exponents;
    for (std::size_t i = 0; i < plain.size(); ++i) {
        if (plain[i] > 0) exponents.push_back(std::log(biased[i] / plain[i]));
    }
    EXPECT_GT(deviation(exponents), 0.02);
}

TEST(Shade, GammaKeepsMeanAndDeviation) {
    for (const Shading& shading :
         {Shading{.gamma = 0.7}, Shading{.gamma = 1.5}, Shading{.inverted_gamma = 1.5}}) {
        const auto changed = shaded(shading);
        EXPECT_NE(changed, shaded({}));
        EXPECT_NEAR(mean(changed), mean(shaded({})), 1e-5);
        EXPECT_NEAR(deviation(changed), deviation(shaded({})), 1e-5);
    }
    EXPECT_NE(shaded({.gamma = 1.5}), shaded({.inverted_gamma = 1.5}));
    Pixels black{4, 4, std::vector<float>(16)};
    core::RandomStream random(1);
    shade(black, {.noise = 0.1, .contrast = 1.3, .inverted_gamma = 1.2, .gamma = 0.8}, random);
    EXPECT_THAT(black.values, Each(0.0F)) << "nothing of a window without values is NaN";
}

TEST(Shade, BlurAndLowResolutionSmoothAndKeepConstants) {
    for (const Shading& shading : {Shading{.blur = 1.2}, Shading{.resolution = 0.5}}) {
        EXPECT_LT(deviation(shaded(shading)), 0.8 * deviation(shaded({})));
        EXPECT_NEAR(mean(shaded(shading)), mean(shaded({})), 0.03);
        Pixels constant{9, 7, std::vector<float>(63, 0.25F)};
        core::RandomStream random(1);
        shade(constant, shading, random);
        EXPECT_THAT(constant.values, Each(FloatNear(0.25F, 1e-6F)));
    }
    Pixels ramp{1, 32, std::vector<float>(32)};
    std::iota(ramp.values.begin(), ramp.values.end(), 0.0F);
    core::RandomStream random(1);
    const auto before = ramp.values;
    shade(ramp, {.resolution = 0.5}, random);
    EXPECT_NE(ramp.values, before);
    for (std::size_t i = 1; i + 1 < 32; ++i) {
        EXPECT_NEAR(ramp.values[i], static_cast<float>(i), 1.01) << "values stay in their place";
    }
}

/// How often a value was drawn, and the smallest and the largest.
struct Drawn {
    int count = 0;
    double least = 1e9;
    double most = -1e9;

    void add(double value, double otherwise) {
        if (value == otherwise) return;
        ++count;
        least = std::min(least, value);
        most = std::max(most, value);
    }
};

TEST(DrawAugmentation, DrawsFromItsWholeRanges) {
    core::RandomStream random(11);
    constexpr int draws = 20000;
    std::map<std::string, Drawn> drawn;
    int mirrored = 0, below = 0;
    for (int i = 0; i < draws; ++i) {
        const auto [warp, shading] = draw_augmentation(AugmentationLevel::strong, true, random);
        mirrored += warp.mirror ? 1 : 0;
        below += shading.gamma < 1 ? 1 : 0;
        drawn["angle"].add(warp.angle * 180 / std::numbers::pi, 0);
        drawn["scale"].add(1 / warp.scale, 1);
        drawn["shear"].add(warp.shear, 0);
        drawn["elastic"].add(warp.elastic, 0);
        drawn["bias"].add(shading.bias, 0);
        drawn["noise"].add(shading.noise, 0);
        drawn["blur"].add(shading.blur, 0);
        drawn["brightness"].add(shading.brightness, 1);
        drawn["contrast"].add(shading.contrast, 1);
        drawn["resolution"].add(shading.resolution, 1);
        drawn["inverted gamma"].add(shading.inverted_gamma, 1);
        drawn["gamma"].add(shading.gamma, 1);
    }
    struct Expected {
        const char* name;
        double probability, low, high;
    };
    for (const auto& [name, probability, low, high] :
         {Expected{"angle", 0.2, -30, 30}, Expected{"scale", 0.2, 0.7, 1.4},
          Expected{"shear", 0.2, -0.15, 0.15}, Expected{"elastic", 0.2, 0.01, 0.05},
          Expected{"bias", 0.2, 0.1, 0.5}, Expected{"noise", 0.1, 0, 0.1},
          Expected{"blur", 0.1, 0.5, 1}, Expected{"brightness", 0.15, 0.75, 1.25},
          Expected{"contrast", 0.15, 0.75, 1.25}, Expected{"resolution", 0.125, 0.5, 1},
          Expected{"inverted gamma", 0.1, 0.7, 1.5}, Expected{"gamma", 0.3, 0.7, 1.5}}) {
        SCOPED_TRACE(name);
        const double margin = 0.01 * (high - low);
        EXPECT_NEAR(drawn[name].count, probability * draws, 0.01 * draws);
        EXPECT_NEAR(drawn[name].least, low, margin);
        EXPECT_NEAR(drawn[name].most, high, margin);
        EXPECT_GE(drawn[name].least, low - 1e-9);
        EXPECT_LE(drawn[name].most, high + 1e-9);
    }
    EXPECT_NEAR(mirrored, 0.5 * draws, 0.02 * draws);
    EXPECT_NEAR(below, 0.15 * draws, 0.01 * draws) << "as often below 1 as above";
}

TEST(DrawAugmentation, LightIsGentleAndNoneDrawsNothing) {
    core::RandomStream random(12);
    for (int i = 0; i < 2000; ++i) {
        const auto [small, gentle] = draw_augmentation(AugmentationLevel::light, false, random);
        ASSERT_LE(std::abs(small.angle), std::numbers::pi / 18);
        ASSERT_FALSE(small.mirror);
        ASSERT_EQ(small.elastic + small.shear, 0);
        ASSERT_EQ(gentle.blur + gentle.bias, 0);
        const auto [none, as_it_is] = draw_augmentation(AugmentationLevel::none, true, random);
        ASSERT_EQ(none, Warp{});
        ASSERT_EQ(as_it_is, Shading{});
    }
}

/// Six ellipses, one brighter than the other, cut to windows of 36 of 48 pixels, padded to 64.
class AugmentedBatch : public testing::Test {
    static constexpr std::size_t side = Ellipse::side;

protected:
    AugmentedBatch() : dataset_(make()), index_(dataset_, {.fraction = 0.75}) {}

    static Dataset make() {
        const Ellipse ellipse;
        std::vector<Slice> slices;
        std::vector<float> voxels;
        std::vector<std::uint8_t> masks;
        for (std::uint64_t i = 0; i < 6; ++i) {
            slices.push_back({.height = side, .width = side, .offset = i * side * side});
            for (const float voxel : ellipse.voxels) {
                voxels.push_back(voxel * (1 + 0.1F * static_cast<float>(i)));
            }
            masks.insert(masks.end(), ellipse.mask.begin(), ellipse.mask.end());
        }
        return Dataset::from_vectors({{.name = "x"}}, slices, voxels, masks);
    }

    Warped cut(std::span<const std::uint32_t> samples, AugmentationLevel level,
               std::uint64_t epoch = 0, std::uint64_t seed = 1) const {
        const auto area = static_cast<std::size_t>(index_.padded_height() * index_.padded_width());
        Warped batch{std::vector<float>(samples.size() * area, -1),
                     std::vector<float>(samples.size() * area, -1)};
        cut_augmented_batch(dataset_, index_, samples,
                            {.level = level, .key = augmentation_key(seed, 4)}, epoch,
                            batch.x.data(), batch.y.data());
        return batch;
    }

    Dataset dataset_;
    PatchIndex index_;
};

TEST_F(AugmentedBatch, WithoutAugmentationIsThePlainOne) {
    const std::span samples(index_.training());
    const auto batch = cut(samples, AugmentationLevel::none);
    Warped plain = batch;
    cut_batch(dataset_, index_, samples, plain.x.data(), plain.y.data());
    EXPECT_EQ(batch.x, plain.x);
    EXPECT_EQ(batch.y, plain.y);
}

TEST_F(AugmentedBatch, DoesNotDependOnTheSharesOfABatch) {
    const auto samples = std::span(index_.training()).first(40);
    const auto all = cut(samples, AugmentationLevel::strong, 3);
    Warped joined;
    for (const auto& [begin, count] : {std::pair{0, 7}, std::pair{7, 1}, std::pair{8, 32}}) {
        const auto part =
            cut(samples.subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(count)),
                AugmentationLevel::strong, 3);
        joined.x.insert(joined.x.end(), part.x.begin(), part.x.end());
        joined.y.insert(joined.y.end(), part.y.begin(), part.y.end());
    }
    EXPECT_EQ(joined.x, all.x);
    EXPECT_EQ(joined.y, all.y);
    EXPECT_THAT(all.y, Each(testing::AnyOf(0.0F, 1.0F)));
}

TEST_F(AugmentedBatch, DiffersByEpochSampleAndSeed) {
    const std::vector<std::uint32_t> one{5}, other{6};
    const auto sample = [&](const auto& ids, std::uint64_t epoch, std::uint64_t seed) {
        return cut(ids, AugmentationLevel::strong, epoch, seed).x;
    };
    // With probability 0.11 nothing but the mirror is drawn.
    int epochs = 0, samples = 0, seeds = 0;
    for (std::uint64_t epoch = 0; epoch < 100; ++epoch) {
        const auto x = sample(one, epoch, 1);
        EXPECT_EQ(x, sample(one, epoch, 1));
        epochs += x != sample(one, epoch + 100, 1) ? 1 : 0;
        samples += x != sample(other, epoch, 1) ? 1 : 0;
        seeds += x != sample(one, epoch, 2) ? 1 : 0;
    }
    EXPECT_GE(epochs, 90);
    EXPECT_GE(samples, 90);
    EXPECT_GE(seeds, 90);
}

TEST_F(AugmentedBatch, LeavesThePaddingEmpty) {
    const auto batch = cut(std::span(index_.training()).first(20), AugmentationLevel::strong);
    ASSERT_EQ(index_.padded_width(), 64);
    for (std::size_t i = 0; i < batch.x.size(); ++i) {
        if (i % 64 >= 36 || i / 64 % 64 >= 36) {
            ASSERT_EQ(batch.x[i], 0);
            ASSERT_EQ(batch.y[i], 0);
        }
    }
}

}  // namespace
}  // namespace msunet::data

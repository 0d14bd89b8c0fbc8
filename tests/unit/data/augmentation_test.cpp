// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "data/shade.hpp"
#include "data/spline_field.hpp"
#include "data/warp_window.hpp"
#include "msunet/core/random.hpp"
#include "msunet/data/augmented_batch.hpp"
#include "msunet/data/cut_batch.hpp"

namespace msunet::data {
namespace {

using core::AugmentationLevel;
using testing::Each;
using testing::FloatNear;

constexpr std::size_t side = 48;

/// A slice whose mask is an ellipse and whose voxels are a smooth image of it.
struct Ellipse {
    std::vector<float> voxels;
    std::vector<std::uint8_t> mask;

    Ellipse() {
        for (std::size_t i = 0; i < side; ++i) {
            for (std::size_t j = 0; j < side; ++j) {
                const double v = (static_cast<double>(i) - 20) / 13;
                const double u = (static_cast<double>(j) - 26) / 9;
                const double r = std::hypot(u, v);
                voxels.push_back(static_cast<float>(1 / (1 + std::exp(12 * (r - 1)))));
                mask.push_back(r < 1 ? 1 : 0);
            }
        }
    }
    [[nodiscard]] SliceView view() const {
        return {.height = side, .width = side, .voxels = voxels, .mask = mask};
    }
};

struct Warped {
    std::vector<float> x, y;
};

Warped warped(const Warp& warp, const PatchIndex::Window& window) {
    const Ellipse ellipse;
    core::RandomStream random(3);
    const std::size_t area = std::size_t{window.height} * window.width;
    Warped result{std::vector<float>(area), std::vector<float>(area)};
    warp_window(ellipse.view(), window, warp, random, result.x, result.y);
    return result;
}

constexpr PatchIndex::Window whole{.height = side, .width = side};

/// Dice of the mask and of the voxels above the half, which show the same ellipse.
double overlap(const Warped& sample) {
    double both = 0;
    double sum = 0;
    for (std::size_t i = 0; i < sample.x.size(); ++i) {
        const double inside = sample.x[i] > 0.5F ? 1 : 0;
        both += inside * sample.y[i];
        sum += inside + sample.y[i];
    }
    return 2 * both / sum;
}

TEST(Warp, KeepsMaskAndImageTogetherAndTheMaskBinary) {
    for (const Warp& warp :
         {Warp{.mirror = true}, Warp{.angle = 0.5}, Warp{.scale = 1.3}, Warp{.scale = 0.7},
          Warp{.shear = 0.15}, Warp{.elastic = 0.05},
          Warp{.mirror = true, .angle = -0.4, .scale = 0.8, .shear = -0.1, .elastic = 0.05}}) {
        const auto sample = warped(warp, whole);
        // The smallest ellipse has 200 pixels, of which a tenth lie on its border.
        EXPECT_GT(overlap(sample), 0.97);
        EXPECT_THAT(sample.y, Each(testing::AnyOf(0.0F, 1.0F)));
        EXPECT_NE(sample.y, warped({}, whole).y);
        EXPECT_GT(std::accumulate(sample.y.begin(), sample.y.end(), 0.0), 100);
    }
}

TEST(Warp, MirrorsColumnsExactly) {
    const PatchIndex::Window window{.row = 5, .column = 9, .height = 20, .width = 31};
    const auto plain = warped({}, window);
    auto mirrored = warped({.mirror = true}, window);
    for (std::size_t i = 0; i < window.height; ++i) {
        for (auto* values : {&mirrored.x, &mirrored.y}) {
            const auto begin = values->begin() + static_cast<std::ptrdiff_t>(i * window.width);
            std::reverse(begin, begin + window.width);
        }
    }
    EXPECT_EQ(mirrored.x, plain.x);
    EXPECT_EQ(mirrored.y, plain.y);
}

TEST(Warp, ScaleAndAngleAreThoseThatWereDrawn) {
    const auto area = [](const Warped& sample) {
        return std::accumulate(sample.y.begin(), sample.y.end(), 0.0);
    };
    const double before = area(warped({}, whole));
    EXPECT_NEAR(area(warped({.scale = 1.2}, whole)) / before, 1.44, 0.05);
    EXPECT_NEAR(area(warped({.scale = 0.8}, whole)) / before, 0.64, 0.04);
    EXPECT_NEAR(area(warped({.angle = 0.5}, whole)) / before, 1, 0.03);
    EXPECT_NEAR(area(warped({.shear = 0.15}, whole)) / before, 1, 0.03);
    // A quarter turn of the square moves each pixel to a pixel.
    const auto turned = warped({.angle = std::numbers::pi / 2}, whole);
    const auto plain = warped({}, whole);
    for (std::size_t i = 1; i + 1 < side; ++i) {
        for (std::size_t j = 1; j + 1 < side; ++j) {
            ASSERT_NEAR(turned.x[i * side + j], plain.x[j * side + side - 1 - i], 1e-4);
        }
    }
}

TEST(Warp, ReadsBeyondTheWindow) {
    const PatchIndex::Window window{.row = 8, .column = 14, .height = 24, .width = 24};
    const auto part = warped({.angle = 0.4, .scale = 0.9}, window);
    const auto alone = warped({.angle = 0.4, .scale = 0.9}, whole);
    // The window's centre is that of the slice moved by (-4, 2): corners are no zeros.
    EXPECT_GT(*std::ranges::min_element(part.x), 0);
    EXPECT_EQ(alone.x.front(), 0);
}

/// Slices whose values are their own rows and columns show where each pixel comes from.
TEST(Warp, NothingFolds) {
    constexpr std::uint32_t width = 64;
    std::vector<float> rows(width * width), columns(width * width);
    const std::vector<std::uint8_t> mask(width * width);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        rows[i] = static_cast<float>(i / width);
        columns[i] = static_cast<float>(i % width);
    }
    const PatchIndex::Window window{.row = 16, .column = 16, .height = 32, .width = 32};
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        const auto origins = [&](const std::vector<float>& values) {
            std::vector<float> x(32 * 32), y(32 * 32);
            core::RandomStream random(seed);
            warp_window({.height = width, .width = width, .voxels = values, .mask = mask}, window,
                        {.angle = 0.5, .scale = 1.4, .elastic = 0.05}, random, x, y);
            return x;
        };
        const auto row = origins(rows);
        const auto column = origins(columns);
        for (std::size_t i = 0; i + 33 < row.size(); ++i) {
            if (i % 32 == 31) continue;
            const float turn = (row[i + 32] - row[i]) * (column[i + 1] - column[i]) -
                               (row[i + 1] - row[i]) * (column[i + 32] - column[i]);
            ASSERT_GT(turn, 0) << "seed " << seed << ", pixel " << i;
        }
    }
}

TEST(Warp, ElasticDeformationMovesByAFewPixels) {
    std::vector<float> points(control_points(4) * control_points(4));
    core::RandomStream random(1);
    for (float& point : points) point = static_cast<float>(random.uniform(-2, 2));
    const auto field = spline_field(points, 4, 30, 20);
    EXPECT_LE(*std::ranges::max_element(field), 2);
    EXPECT_GE(*std::ranges::min_element(field), -2);
    for (std::size_t i = 1; i < field.size(); ++i) {
        if (i % 20 == 0) continue;
        ASSERT_LT(std::abs(field[i] - field[i - 1]), 0.8F);
    }
    std::ranges::fill(points, 1.5F);
    EXPECT_THAT(spline_field(points, 4, 7, 9), Each(FloatNear(1.5F, 1e-5F)));
}

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

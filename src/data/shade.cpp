// SPDX-License-Identifier: Apache-2.0
#include "data/shade.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "data/spline_field.hpp"

namespace msunet::data {

namespace {

/// Intervals of the bias field along a side.
constexpr std::size_t bias_intervals = 2;

struct Statistics {
    double mean = 0;
    double deviation = 0;
};

Statistics statistics_of(const std::vector<float>& values) {
    double sum = 0;
    double squares = 0;
    for (const float value : values) {
        sum += value;
        squares += static_cast<double>(value) * value;
    }
    const auto count = static_cast<double>(values.size());
    const double mean = sum / count;
    return {.mean = mean, .deviation = std::sqrt(std::max(0.0, squares / count - mean * mean))};
}

void add_bias(Pixels& pixels, double largest, core::RandomStream& random) {
    constexpr std::size_t points_along = control_points(bias_intervals);
    std::array<float, points_along * points_along> points{};
    for (float& point : points) point = static_cast<float>(random.uniform(-largest, largest));
    const auto field = spline_field(points, bias_intervals, pixels.height, pixels.width);
    for (std::size_t i = 0; i < field.size(); ++i) pixels.values[i] *= std::exp(field[i]);
}

void add_noise(std::vector<float>& values, double share, core::RandomStream& random) {
    const double deviation = share * statistics_of(values).deviation;
    for (float& value : values) value += static_cast<float>(deviation * random.normal());
}

std::vector<float> gaussian(double deviation) {
    const auto radius = static_cast<int>(std::ceil(3 * deviation));
    std::vector<float> weights;
    double sum = 0;
    for (int i = -radius; i <= radius; ++i) {
        const double weight = std::exp(-0.5 * i * i / (deviation * deviation));
        weights.push_back(static_cast<float>(weight));
        sum += weight;
    }
    for (float& weight : weights) weight /= static_cast<float>(sum);
    return weights;
}

/// Smooths lines of `length` values at distance `step` that start at multiples of `next`.
void smooth(std::vector<float>& values, const std::vector<float>& weights, std::size_t length,
            std::size_t step, std::size_t lines, std::size_t next) {
    const std::size_t radius = weights.size() / 2;
    std::vector<float> line(length + 2 * radius);
    for (std::size_t start = 0; start < lines * next; start += next) {
        for (std::size_t i = 0; i < line.size(); ++i) {
            const std::size_t inside = std::min(i < radius ? 0 : i - radius, length - 1);
            line[i] = values[start + inside * step];
        }
        for (std::size_t i = 0; i < length; ++i) {
            float sum = 0;
            for (std::size_t k = 0; k < weights.size(); ++k) sum += weights[k] * line[i + k];
            values[start + i * step] = sum;
        }
    }
}

void blur(Pixels& pixels, double deviation) {
    const auto weights = gaussian(deviation);
    smooth(pixels.values, weights, pixels.width, 1, pixels.height, pixels.width);
    smooth(pixels.values, weights, pixels.height, pixels.width, pixels.width, 1);
}

void change_contrast(std::vector<float>& values, double factor) {
    const auto [least, most] = std::ranges::minmax_element(values);
    const float low = *least;
    const float high = *most;
    const auto mean = static_cast<float>(statistics_of(values).mean);
    const auto by = static_cast<float>(factor);
    for (float& value : values) value = std::clamp(mean + by * (value - mean), low, high);
}

/// For each pixel of a side: the pixels that a coarser side samples before and after it, and how
/// far it lies between them.
struct Coarse {
    std::size_t before = 0;
    std::size_t after = 0;
    float between = 0;
};

std::vector<Coarse> coarse_side(std::size_t length, double resolution) {
    const auto samples = static_cast<std::size_t>(
        std::max(1.0, std::round(resolution * static_cast<double>(length))));
    const double spacing = static_cast<double>(length) / static_cast<double>(samples);
    const auto pixel_of = [&](std::size_t sample) {
        return std::min(static_cast<std::size_t>((static_cast<double>(sample) + 0.5) * spacing),
                        length - 1);
    };
    std::vector<Coarse> side(length);
    for (std::size_t i = 0; i < length; ++i) {
        const double place = std::clamp((static_cast<double>(i) + 0.5) / spacing - 0.5, 0.0,
                                        static_cast<double>(samples - 1));
        const auto before = static_cast<std::size_t>(place);
        side[i] = {.before = pixel_of(before),
                   .after = pixel_of(std::min(before + 1, samples - 1)),
                   .between = static_cast<float>(place - static_cast<double>(before))};
    }
    return side;
}

void lower_resolution(Pixels& pixels, double resolution) {
    const auto rows = coarse_side(pixels.height, resolution);
    const auto columns = coarse_side(pixels.width, resolution);
    const std::vector<float> from = pixels.values;
    std::size_t at = 0;
    for (const auto& [above, below, down] : rows) {
        const float* upper = from.data() + above * pixels.width;
        const float* lower = from.data() + below * pixels.width;
        for (const auto& [before, after, right] : columns) {
            const float first = (1 - right) * upper[before] + right * upper[after];
            const float second = (1 - right) * lower[before] + right * lower[after];
            pixels.values[at++] = (1 - down) * first + down * second;
        }
    }
}

void change_gamma(std::vector<float>& values, double exponent) {
    const auto [least, most] = std::ranges::minmax_element(values);
    const float low = *least;
    const float range = *most - low;
    if (range <= 0) return;
    const Statistics before = statistics_of(values);
    const auto power = static_cast<float>(exponent);
    for (float& value : values) value = std::pow((value - low) / range, power);
    const Statistics after = statistics_of(values);
    const double factor = after.deviation > 0 ? before.deviation / after.deviation : 0;
    for (float& value : values) {
        value = static_cast<float>(before.mean + factor * (value - after.mean));
    }
}

void invert(std::vector<float>& values) {
    for (float& value : values) value = -value;
}

}  // namespace

void shade(Pixels& pixels, const Shading& shading, core::RandomStream& random) {
    auto& values = pixels.values;
    if (shading.bias > 0) add_bias(pixels, shading.bias, random);
    if (shading.noise > 0) add_noise(values, shading.noise, random);
    if (shading.blur > 0) blur(pixels, shading.blur);
    if (shading.brightness != 1) {
        for (float& value : values) value *= static_cast<float>(shading.brightness);
    }
    if (shading.contrast != 1) change_contrast(values, shading.contrast);
    if (shading.resolution < 1) lower_resolution(pixels, shading.resolution);
    if (shading.inverted_gamma != 1) {
        invert(values);
        change_gamma(values, shading.inverted_gamma);
        invert(values);
    }
    if (shading.gamma != 1) change_gamma(values, shading.gamma);
}

}  // namespace msunet::data

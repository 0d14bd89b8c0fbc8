// SPDX-License-Identifier: Apache-2.0
#include "report/axis.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "msunet/core/text.hpp"

namespace msunet::report {
namespace {

std::pair<double, double> ends_of(const std::vector<double>& values) {
    double low = std::numeric_limits<double>::infinity();
    double high = -low;
    for (const double value : values) {
        if (!std::isfinite(value)) continue;
        low = std::min(low, value);
        high = std::max(high, value);
    }
    if (low > high) return {0, 1};
    if (high - low < 1e-12 * std::max(1.0, std::abs(low))) {
        const double margin = low == 0 ? 1 : std::abs(low) / 10;
        return {low - margin, high + margin};
    }
    return {low, high};
}

double round_step(double raw) {
    const double power = std::pow(10.0, std::floor(std::log10(raw)));
    const double lead = raw / power;
    for (const double step : {1.0, 2.0, 5.0}) {
        if (lead <= step * 1.000001) return step * power;
    }
    return 10 * power;
}

}  // namespace

std::string Axis::label(double tick) const { return core::fixed(tick, digits); }

Axis make_axis(const std::vector<double>& values, int wanted) {
    const auto [low, high] = ends_of(values);
    const double step = round_step((high - low) / wanted);
    const double first = std::floor(low / step + 1e-9);
    const double last = std::ceil(high / step - 1e-9);
    Axis axis;
    axis.low = first * step;
    axis.high = last * step;
    axis.digits = std::max(0, -static_cast<int>(std::floor(std::log10(step) + 1e-9)));
    for (double i = first; i <= last; i += 1) axis.ticks.push_back(i * step);
    return axis;
}

}  // namespace msunet::report

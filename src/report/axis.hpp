// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace msunet::report {

/// A chart's linear axis. It covers the data, and its ends are ticks.
struct Axis {
    double low = 0;
    double high = 1;
    std::vector<double> ticks;
    int digits = 0;  ///< after the point, enough to tell the ticks apart

    /// Position of a value between the ends, 0…1.
    [[nodiscard]] double fraction(double value) const { return (value - low) / (high - low); }
    [[nodiscard]] std::string label(double tick) const;
};

/// An axis over the finite ones of `values` with about `wanted` steps of 1, 2 or 5 times a power of
/// ten. Without a finite value it runs from 0 to 1; a single value gets a margin.
[[nodiscard]] Axis make_axis(const std::vector<double>& values, int wanted);

}  // namespace msunet::report

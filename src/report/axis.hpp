// SPDX-License-Identifier: Apache-2.0
// A chart's axis: where it begins and ends, and its ticks at round numbers.
#pragma once

#include <string>
#include <vector>

namespace msunet::report {

/// A linear axis that covers the data; its ends are ticks.
struct Axis {
    double low = 0;
    double high = 1;
    std::vector<double> ticks;
    int digits = 0;  ///< after the point, enough to tell the ticks apart

    /// Position of a value between the ends, 0…1.
    double fraction(double value) const { return (value - low) / (high - low); }
    std::string label(double tick) const;
};

/// An axis from `low` to `high` with about `wanted` steps of 1, 2 or 5 times a power of ten.
/// Equal or non-finite ends are widened.
Axis make_axis(double low, double high, int wanted);

}  // namespace msunet::report

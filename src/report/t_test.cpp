// SPDX-License-Identifier: Apache-2.0
#include "msunet/report/t_test.hpp"

#include <cmath>
#include <cstddef>
#include <limits>

namespace msunet::report {
namespace {

/// The continued fraction of the incomplete beta function, by Lentz's method (NIST DLMF 8.17.22,
/// https://dlmf.nist.gov/8.17#v). Converges for x < (a + 1) / (a + b + 2).
double beta_fraction(double a, double b, double x) {
    constexpr int most_terms = 1000;
    constexpr double tiny = 1e-300;
    const auto away_from_zero = [](double value) { return std::abs(value) < tiny ? tiny : value; };
    double c = 1;
    double d = 1 / away_from_zero(1 - (a + b) * x / (a + 1));
    double fraction = d;
    for (int m = 1; m < most_terms; ++m) {
        const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        double factor = 1;
        for (const double term : {even, odd}) {
            d = 1 / away_from_zero(1 + term * d);
            c = away_from_zero(1 + term / c);
            factor = c * d;
            fraction *= factor;
        }
        if (std::abs(factor - 1) < 1e-15) break;
    }
    return fraction;
}

/// The regularised incomplete beta function I_x(a, b), 0 <= x <= 1.
double incomplete_beta(double a, double b, double x) {
    if (x <= 0) return 0;
    if (x >= 1) return 1;
    const double front = std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) +
                                  a * std::log(x) + b * std::log1p(-x));
    if (x < (a + 1) / (a + b + 2)) return front * beta_fraction(a, b, x) / a;
    return 1 - front * beta_fraction(b, a, 1 - x) / b;
}

}  // namespace

double student_probability(double t, double degrees) {
    if (std::isinf(t)) return 0;
    return incomplete_beta(degrees / 2, 0.5, degrees / (degrees + t * t));
}

std::optional<double> corrected_t_test(std::span<const double> differences, std::uint64_t folds) {
    const std::size_t n = differences.size();
    if (n < 2 || folds < 2) return std::nullopt;
    const auto count = static_cast<double>(n);
    double mean = 0;
    for (const double difference : differences) mean += difference / count;
    double variance = 0;
    for (const double difference : differences) {
        variance += (difference - mean) * (difference - mean) / (count - 1);
    }
    if (mean == 0) return 1;
    const double scale = (1 / count + 1 / (static_cast<double>(folds) - 1)) * variance;
    const double t = scale > 0 ? mean / std::sqrt(scale) : std::numeric_limits<double>::infinity();
    return student_probability(t, count - 1);
}

}  // namespace msunet::report

// SPDX-License-Identifier: Apache-2.0
#include "sweep/parzen.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

namespace msunet::sweep {

namespace {

double normal_below(double x) { return 0.5 * std::erfc(-x / std::numbers::sqrt2); }

}  // namespace

ParzenDensity::ParzenDensity(std::span<const ParzenAxis> axes, std::vector<const Place*> centres)
    : axes_(axes), centres_(std::move(centres)) {
    const auto count = static_cast<double>(centres_.size());
    const double narrowing =
        std::pow(std::max(count, 1.0), -1.0 / (static_cast<double>(axes.size()) + 4.0));
    for (const ParzenAxis& axis : axes) {
        const double width = axis.length;
        const double bandwidth =
            std::max(0.2 * width * narrowing, width / std::min(100.0, count + 1));
        kernels_.push_back(axis.ordered ? ordered_kernel(axis.length, bandwidth)
                                        : category_kernel(axis.length, 1 / (count + 1)));
    }
}

ParzenDensity::Kernel ParzenDensity::ordered_kernel(std::uint32_t length, double bandwidth) {
    Kernel kernel;
    for (std::uint32_t distance = 0; distance < length; ++distance) {
        kernel.weights.push_back(normal_below((distance + 0.5) / bandwidth) -
                                 normal_below((distance - 0.5) / bandwidth));
    }
    for (std::uint32_t centre = 0; centre < length; ++centre) {
        kernel.sums.push_back(normal_below((length - centre - 0.5) / bandwidth) -
                              normal_below((-0.5 - centre) / bandwidth));
    }
    return kernel;
}

ParzenDensity::Kernel ParzenDensity::category_kernel(std::uint32_t length, double spread) {
    Kernel kernel;
    kernel.weights = {1 + spread, spread};
    kernel.sums.assign(length, 1 + spread * length);
    return kernel;
}

double ParzenDensity::weight(std::size_t axis, std::uint32_t place, std::uint32_t centre) const {
    const std::uint32_t distance = place > centre ? place - centre : centre - place;
    return kernels_[axis].weights[axes_[axis].ordered ? distance : std::min(distance, 1U)];
}

double ParzenDensity::operator()(const Place& place) const {
    double sum = 1;
    for (const ParzenAxis& axis : axes_) sum /= axis.length;
    for (const Place* centre : centres_) {
        double product = 1;
        for (std::size_t axis = 0; axis < axes_.size(); ++axis) {
            const std::uint32_t at = (*centre)[axis];
            product *= weight(axis, place[axis], at) / kernels_[axis].sums[at];
        }
        sum += product;
    }
    return sum / static_cast<double>(centres_.size() + 1);
}

std::uint32_t ParzenDensity::draw_on(std::size_t axis, std::uint32_t centre, double u) const {
    const std::uint32_t last = axes_[axis].length - 1;
    double rest = u * kernels_[axis].sums[centre];
    for (std::uint32_t place = 0; place < last; ++place) {
        rest -= weight(axis, place, centre);
        if (rest < 0) return place;
    }
    return last;
}

Place ParzenDensity::draw(core::RandomStream& random) const {
    const auto component = static_cast<std::size_t>(random.below(centres_.size() + 1));
    Place place(axes_.size());
    for (std::size_t axis = 0; axis < axes_.size(); ++axis) {
        place[axis] = component == centres_.size()
                          ? static_cast<std::uint32_t>(random.below(axes_[axis].length))
                          : draw_on(axis, (*centres_[component])[axis], random.uniform());
    }
    return place;
}

}  // namespace msunet::sweep

// SPDX-License-Identifier: Apache-2.0
#include "texture.hpp"

#include "msunet/core/random.hpp"

namespace msunet::phantom {

Texture::Texture(std::uint64_t seed) : lattice_(side * side * side) {
    core::RandomStream random(seed);
    for (float& value : lattice_) value = static_cast<float>(random.uniform(-1, 1));
}

double Texture::at(const Point& p, double grain) const {
    struct Place {
        std::size_t low, high;
        double fraction;
    };
    const auto place = [grain](double coordinate) {
        const double scaled = coordinate / grain + 4096.5;
        const auto whole = static_cast<std::size_t>(scaled);  // above 0 for all points of a head
        const double t = scaled - static_cast<double>(whole);
        return Place{whole % side, (whole + 1) % side, t * t * (3 - 2 * t)};
    };
    const Place x = place(p.x);
    const Place y = place(p.y);
    const Place z = place(p.z);
    const auto along_x = [&](std::size_t j, std::size_t k) {
        const float* row = lattice_.data() + (k * side + j) * side;
        return row[x.low] + x.fraction * (row[x.high] - row[x.low]);
    };
    const auto along_y = [&](std::size_t k) {
        const double low = along_x(y.low, k);
        return low + y.fraction * (along_x(y.high, k) - low);
    };
    const double low = along_y(z.low);
    return low + z.fraction * (along_y(z.high) - low);
}

}  // namespace msunet::phantom

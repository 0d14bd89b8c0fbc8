// SPDX-License-Identifier: Apache-2.0
#include "msunet/core/random.hpp"

#include <cmath>
#include <numbers>
#include <numeric>

namespace msunet::core {

std::uint64_t derive_seed(std::uint64_t seed, std::initializer_list<std::uint64_t> path) {
    // Each step encrypts the next part of the path under the seed so far. The depth in the counter
    // distinguishes {a} from {a, 0}.
    std::uint32_t depth = 0;
    for (const std::uint64_t part : path) {
        ++depth;
        const Philox::Counter mixed =
            Philox::generate({static_cast<std::uint32_t>(part),
                              static_cast<std::uint32_t>(part >> 32U), depth, 0x5EEDU},
                             seed);
        seed = (std::uint64_t{mixed[1]} << 32U) | mixed[0];
    }
    return seed;
}

std::uint32_t RandomStream::next_u32() {
    const std::size_t lane = position_ % 4;
    if (lane == 0) {
        const std::uint64_t block = position_ / 4;
        block_ = Philox::generate(
            {static_cast<std::uint32_t>(block), static_cast<std::uint32_t>(block >> 32U), 0, 0},
            key_);
    }
    ++position_;
    return block_[lane];
}

std::uint64_t RandomStream::next_u64() {
    const std::uint64_t low = next_u32();
    const std::uint64_t high = next_u32();
    return (high << 32U) | low;
}

double RandomStream::uniform() { return static_cast<double>(next_u64() >> 11U) * 0x1p-53; }

double RandomStream::uniform(double low, double high) { return low + (high - low) * uniform(); }

double RandomStream::normal() {
    if (has_spare_) {
        has_spare_ = false;
        return spare_normal_;
    }
    const double u1 = uniform();
    const double u2 = uniform();
    // 1 - u1 is in (0, 1]: its logarithm is finite.
    const double radius = std::sqrt(-2.0 * std::log(1.0 - u1));
    const double angle = 2.0 * std::numbers::pi * u2;
    spare_normal_ = radius * std::sin(angle);
    has_spare_ = true;
    return radius * std::cos(angle);
}

double RandomStream::truncated_normal() {
    double value = normal();
    while (std::abs(value) > 2.0) value = normal();
    return value;
}

std::uint64_t RandomStream::below(std::uint64_t n) {
    // Without the first 2^64 mod n values every remainder is equally frequent.
    const std::uint64_t rejected = (0 - n) % n;
    std::uint64_t draw = next_u64();
    while (draw < rejected) draw = next_u64();
    return draw % n;
}

bool RandomStream::chance(double p) { return uniform() < p; }

std::vector<std::uint32_t> RandomStream::permutation(std::uint32_t n) {
    std::vector<std::uint32_t> items(n);
    std::iota(items.begin(), items.end(), 0U);
    shuffle(std::span(items));
    return items;
}

}  // namespace msunet::core

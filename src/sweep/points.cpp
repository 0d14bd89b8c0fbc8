// SPDX-License-Identifier: Apache-2.0
#include "sweep/points.hpp"

#include <algorithm>
#include <boost/random/sobol.hpp>

#include "msunet/core/random.hpp"

namespace msunet::sweep {

namespace {

/// Independent uniform coordinates.
DrawPoint uniform_points(core::RandomStream random) {
    return [random](std::vector<std::uint64_t>& coordinates) mutable {
        for (std::uint64_t& coordinate : coordinates) coordinate = random.next_u64();
    };
}

/// Sobol' sequence with Joe and Kuo's direction numbers and a random digital shift.
DrawPoint sobol_points(std::size_t dimensions, core::RandomStream& random) {
    std::vector<std::uint64_t> shift(dimensions);
    for (std::uint64_t& word : shift) word = random.next_u64();
    return [shift, first = true, engine = boost::random::sobol(dimensions)](
               std::vector<std::uint64_t>& coordinates) mutable {
        for (std::size_t d = 0; d < coordinates.size(); ++d) {
            // The engine leaves out the sequence's first point, the origin.
            coordinates[d] = shift[d] ^ (first ? 0 : engine());
        }
        first = false;
    };
}

std::vector<std::uint32_t> first_primes(std::size_t count) {
    std::vector<std::uint32_t> primes;
    for (std::uint32_t n = 2; primes.size() < count; ++n) {
        if (std::none_of(primes.begin(), primes.end(),
                         [&](std::uint32_t prime) { return n % prime == 0; })) {
            primes.push_back(n);
        }
    }
    return primes;
}

/// Halton sequence with a random permutation for each digit: Owen, "A randomized Halton algorithm
/// in R", 2017. Unscrambled, its larger bases run in step with each other.
class Halton {
public:
    Halton(std::size_t dimensions, core::RandomStream& random) {
        for (const std::uint32_t base : first_primes(dimensions)) {
            Axis axis{base, {}};
            for (double digit = 1; digit > 0x1p-53; digit /= base) {
                axis.digits.push_back(random.permutation(base));
            }
            axes_.push_back(std::move(axis));
        }
    }

    void operator()(std::vector<std::uint64_t>& coordinates) {
        for (std::size_t d = 0; d < axes_.size(); ++d) {
            const Axis& axis = axes_[d];
            std::uint64_t rest = number_;
            double weight = 1;
            double inverse = 0;
            for (const std::vector<std::uint32_t>& permuted : axis.digits) {
                weight /= axis.base;
                inverse += weight * permuted[rest % axis.base];
                rest /= axis.base;
            }
            coordinates[d] = static_cast<std::uint64_t>(std::min(inverse, 1 - 0x1p-53) * 0x1p64);
        }
        ++number_;
    }

private:
    struct Axis {
        std::uint32_t base;
        std::vector<std::vector<std::uint32_t>> digits;
    };
    std::vector<Axis> axes_;
    std::uint64_t number_ = 0;
};

/// McKay, Beckman, Conover 1979: on each axis one point in each of `count` equal strata.
class LatinHypercube {
public:
    LatinHypercube(std::size_t dimensions, std::uint64_t count, core::RandomStream& random)
        : width_(~std::uint64_t{0} / count), random_(random) {
        for (std::size_t d = 0; d < dimensions; ++d) {
            strata_.push_back(random.permutation(static_cast<std::uint32_t>(count)));
        }
    }

    void operator()(std::vector<std::uint64_t>& coordinates) {
        for (std::size_t d = 0; d < strata_.size(); ++d) {
            coordinates[d] = strata_[d][number_] * width_ + random_.below(width_);
        }
        ++number_;
    }

private:
    std::vector<std::vector<std::uint32_t>> strata_;
    std::uint64_t width_;
    core::RandomStream random_;
    std::size_t number_ = 0;
};

}  // namespace

DrawPoint points_of(RandomMethod method, std::size_t dimensions, std::uint64_t count,
                    std::uint64_t seed) {
    core::RandomStream random(core::derive_seed(seed, {core::seed_label("sample points")}));
    switch (method) {
        case RandomMethod::sobol:
            return sobol_points(dimensions, random);
        case RandomMethod::halton:
            return Halton(dimensions, random);
        case RandomMethod::latin_hypercube:
            return LatinHypercube(dimensions, count, random);
        case RandomMethod::uniform_mersenne:
            break;
    }
    return uniform_points(random);
}

std::uint64_t points_worth_drawing(RandomMethod method, std::uint64_t count) {
    return method == RandomMethod::latin_hypercube ? count : 4 * count + 1024;
}

}  // namespace msunet::sweep

// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <boost/random/sobol.hpp>
#include <cmath>
#include <functional>
#include <numeric>
#include <random>
#include <unordered_set>

#include "msunet/core/random.hpp"
#include "msunet/sweep/selection.hpp"

namespace msunet::sweep {

namespace {

__extension__ using Wide = unsigned __int128;

using Drawn = std::unordered_set<record::TrialId>;

/// A point of the unit cube, each coordinate times 2^64.
using Draw = std::function<void(std::vector<std::uint64_t>& coordinates)>;

/// The C++ standard defines the engine's numbers, but not those of its distributions.
std::uint64_t below(std::mt19937_64& engine, std::uint64_t n) {
    const std::uint64_t unfair = (0 - n) % n;
    for (;;) {
        const std::uint64_t word = engine();
        if (word >= unfair) return word % n;
    }
}

/// Floyd's sampling without replacement: Bentley and Floyd, "A sample of brilliance", CACM 30,
/// 1987.
Drawn sample_uniformly(std::uint64_t size, std::uint64_t count, std::mt19937_64& engine) {
    Drawn drawn;
    drawn.reserve(count);
    for (std::uint64_t last = size - count; last < size; ++last) {
        if (!drawn.insert(below(engine, last + 1)).second) drawn.insert(last);
    }
    return drawn;
}

/// Sobol' sequence with Joe and Kuo's direction numbers and a random digital shift.
Draw sobol(std::size_t dimensions, core::RandomStream& random) {
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

/// Distinct permutations at the points drawn, at most `count` of them.
Drawn collect(const ParameterGrid& grid, const std::vector<std::size_t>& axes, std::uint64_t count,
              std::uint64_t draws, const Draw& draw) {
    Drawn drawn;
    drawn.reserve(count);
    std::vector<std::uint64_t> coordinates(axes.size());
    std::vector<std::uint64_t> positions(grid.names().size(), 0);
    for (std::uint64_t i = 0; i < draws && drawn.size() < count; ++i) {
        draw(coordinates);
        for (std::size_t d = 0; d < axes.size(); ++d) {
            const Wide product = Wide{coordinates[d]} * grid.length(axes[d]);
            positions[axes[d]] = static_cast<std::uint64_t>(product >> 64U);
        }
        drawn.insert(grid.index(positions));
    }
    return drawn;
}

Drawn sample_points(const ParameterGrid& grid, RandomMethod method, std::uint64_t count,
                    std::uint64_t seed) {
    std::vector<std::size_t> axes;
    for (std::size_t axis = 0; axis < grid.names().size(); ++axis) {
        if (grid.length(axis) > 1) axes.push_back(axis);
    }
    core::RandomStream random(core::derive_seed(seed, {core::seed_label("sample points")}));
    const std::uint64_t bounded = 4 * count + 1024;
    switch (method) {
        case RandomMethod::sobol:
            return collect(grid, axes, count, bounded, sobol(axes.size(), random));
        case RandomMethod::halton:
            return collect(grid, axes, count, bounded, Halton(axes.size(), random));
        case RandomMethod::latin_hypercube:
            return collect(grid, axes, count, count, LatinHypercube(axes.size(), count, random));
        case RandomMethod::uniform_mersenne:
            break;
    }
    return {};
}

}  // namespace

std::vector<record::TrialId> sample(const ParameterGrid& grid, RandomMethod method,
                                    std::uint64_t count, std::uint64_t seed) {
    std::vector<record::TrialId> trials;
    if (count >= grid.size()) {
        trials.resize(grid.size());
        std::iota(trials.begin(), trials.end(), record::TrialId{0});
        return trials;
    }
    std::mt19937_64 engine(core::derive_seed(seed, {core::seed_label("sample")}));
    Drawn drawn = method == RandomMethod::uniform_mersenne
                      ? sample_uniformly(grid.size(), count, engine)
                      : sample_points(grid, method, count, seed);
    while (drawn.size() < count) drawn.insert(below(engine, grid.size()));
    trials.assign(drawn.begin(), drawn.end());
    std::sort(trials.begin(), trials.end());
    return trials;
}

}  // namespace msunet::sweep

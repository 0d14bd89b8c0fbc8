// SPDX-License-Identifier: Apache-2.0
/// \file
/// Distributions as values of the parameter grid, and how a grid with some is drawn.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "msunet/core/permutation.hpp"
#include "msunet/sweep/grid.hpp"
#include "msunet/sweep/options.hpp"

namespace msunet::sweep {

/// The distributions: `uniform(low, high)` and `loguniform(low, high)` over floats;
/// `randint(low, high)` over integers, both ends included, as Python's random.randint;
/// `quniform(low, high, q)` over the multiples of q from low to high, integers where all three are;
/// `choice(a, b, …)`, also of a list.
enum class DistributionKind : std::uint8_t { uniform, loguniform, quniform, randint, choice };
constexpr std::array<std::string_view, 5> names_of(DistributionKind /*any*/) {
    return {"uniform", "loguniform", "quniform", "randint", "choice"};
}

/// One of them with its arguments. Floats are rounded to four significant digits, or as many as
/// tell 10,000 values between the ends apart, so that tables are readable.
class Distribution {
public:
    /// Reads `loguniform(1e-4, 1e-2)`. Throws core::UsageError where the text is none, names
    /// another function, or has arguments that are no distribution's: low not below high, ends that
    /// aren't numbers, no multiple of q, a choice of fewer than two values.
    explicit Distribution(std::string_view text);

    /// The value with a fraction `u` of the probability below it, 0 <= u < 1.
    [[nodiscard]] core::Value value(double u) const;
    /// All values in their order, where they are a choice's or at most 64.
    [[nodiscard]] std::optional<std::vector<core::Value>> list() const;
    /// At most `count` distinct values at equal distances of probability, ascending.
    [[nodiscard]] std::vector<core::Value> quantiles(std::size_t count) const;

private:
    void read_ends(const std::vector<core::Value>& arguments);
    void read_steps(const std::vector<core::Value>& arguments);
    [[nodiscard]] std::optional<std::uint64_t> steps() const;
    [[nodiscard]] core::Value step_value(std::int64_t step) const;
    [[nodiscard]] core::Value rounded(double value) const;

    DistributionKind kind_ = DistributionKind::uniform;
    std::vector<core::Value> choices_;
    double low_ = 0;
    double high_ = 0;
    double width_of_step_ = 1;
    bool integers_ = false;
    std::int64_t first_step_ = 0;
    std::int64_t last_step_ = 0;
};

/// A grid as written, read: the lists, and the distributions that have no list.
struct GridSpace {
    record::GridLists lists;  ///< ranges expanded; distributions of few values are lists too
    std::map<std::string, Distribution, std::less<>> distributions;
    std::map<std::string, std::string, std::less<>> texts;  ///< of all distributions
};

/// Throws core::UsageError with all problems, each naming its key.
[[nodiscard]] GridSpace space_of(const core::GridEntries& entries);

/// A grid whose every name has a list.
struct DrawnGrid {
    record::GridLists lists;
    /// What the distributions' lists were drawn for, ascending; nothing if none was drawn.
    std::optional<std::vector<record::TrialId>> trials;
    std::map<std::string, std::string, std::less<>> texts;  ///< of the distributions
};

/// Draws `options.round_limit` permutations. A distribution's list holds its distinct values among
/// them, ascending, so that each permutation is one of a grid and its id is its index there. With
/// `Sampler::tpe`, which draws later, it holds 64 values at equal distances of probability.
/// Permutations that were drawn before are drawn again, in a bounded number of draws. Without
/// distributions the lists are returned as they are. Throws core::UsageError where there are
/// distributions and no round limit, or 2^63 permutations or more.
[[nodiscard]] DrawnGrid draw(GridSpace space, const SweepOptions& options, std::uint64_t seed);

}  // namespace msunet::sweep

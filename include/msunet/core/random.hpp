// SPDX-License-Identifier: Apache-2.0
/// \file
/// Counter-based random numbers: the same on any number of ranks and on every machine, because a
/// draw is a function of seed, purpose and index, not of earlier draws.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "msunet/core/philox.hpp"

namespace msunet::core {

/// The Philox4x32-10 generator, see philox.hpp.
struct Philox {
    using Counter = std::array<std::uint32_t, 4>;

    /// The four random words of `counter` under `key`, whose low word comes first.
    [[nodiscard]] static constexpr Counter generate(const Counter& counter, std::uint64_t key) {
        unsigned words[4] = {counter[0], counter[1], counter[2], counter[3]};
        philox4x32(words, key);
        return {words[0], words[1], words[2], words[3]};
    }
};

/// A seed for a purpose, e.g. derive_seed(seed, {seed_label("augment"), pair, operation}).
/// Different paths give independent seeds; the order matters.
[[nodiscard]] std::uint64_t derive_seed(std::uint64_t seed,
                                        std::initializer_list<std::uint64_t> path);

/// A name as a number for derive_seed (FNV-1a, 64 bit).
[[nodiscard]] constexpr std::uint64_t seed_label(std::string_view name) {
    std::uint64_t hash = 0xCBF29CE484222325U;
    for (const char c : name) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
    }
    return hash;
}

/// A sequence of draws from one seed, without std:: distributions, which differ between libraries.
/// Not thread-safe; create one for each purpose, that costs nothing.
class RandomStream {
public:
    explicit RandomStream(std::uint64_t seed) : key_(seed) {}

    [[nodiscard]] std::uint32_t next_u32();
    /// Two 32-bit words, the low one first.
    [[nodiscard]] std::uint64_t next_u64();
    /// [0, 1), a multiple of 2^-53.
    [[nodiscard]] double uniform();
    /// low + (high - low) * uniform().
    [[nodiscard]] double uniform(double low, double high);
    /// Standard normal by the Box–Muller method: sqrt(-2 ln(1 - u1)) cos(2 pi u2), then the sine of
    /// the same pair. Machines agree as far as their log, sin and cos do.
    [[nodiscard]] double normal();
    /// Standard normal, redrawn while |x| > 2, as Keras's truncated normal.
    [[nodiscard]] double truncated_normal();
    /// A uniform integer in [0, n), by rejection, without modulo bias. n ≥ 1.
    [[nodiscard]] std::uint64_t below(std::uint64_t n);
    /// True with probability p; always draws one number.
    [[nodiscard]] bool chance(double p);

    /// Fisher–Yates shuffle, from the last element down.
    template <class T>
    void shuffle(std::span<T> items) {
        for (std::size_t i = items.size(); i > 1; --i) {
            std::swap(items[i - 1], items[static_cast<std::size_t>(below(i))]);
        }
    }

    /// 0 … n-1 shuffled.
    [[nodiscard]] std::vector<std::uint32_t> permutation(std::uint32_t n);

private:
    std::uint64_t key_;
    Philox::Counter block_{};
    std::uint64_t position_ = 0;
    double spare_normal_ = 0;
    bool has_spare_ = false;
};

}  // namespace msunet::core

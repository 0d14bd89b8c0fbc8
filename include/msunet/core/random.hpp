// SPDX-License-Identifier: Apache-2.0
#pragma once

// Counter-based random numbers: the same on any number of ranks and on every machine, because a
// draw is a function of (seed, where it is used, index) and not of what was drawn before.

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace msunet::core {

/// Philox4x32-10: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3",
/// SC'11. A bijection of 128-bit counters for each 64-bit key.
struct Philox {
    using Counter = std::array<std::uint32_t, 4>;
    using Key = std::array<std::uint32_t, 2>;

    /// The four 32-bit outputs of `counter` under `key`.
    [[nodiscard]] static constexpr Counter generate(Counter counter, Key key) {
        for (int round = 0; round < 10; ++round) {
            const std::uint64_t a = std::uint64_t{0xD2511F53U} * counter[0];
            const std::uint64_t b = std::uint64_t{0xCD9E8D57U} * counter[2];
            counter = {static_cast<std::uint32_t>(b >> 32U) ^ counter[1] ^ key[0],
                       static_cast<std::uint32_t>(b),
                       static_cast<std::uint32_t>(a >> 32U) ^ counter[3] ^ key[1],
                       static_cast<std::uint32_t>(a)};
            key[0] += 0x9E3779B9U;
            key[1] += 0xBB67AE85U;
        }
        return counter;
    }

    /// Low word first.
    [[nodiscard]] static constexpr Key key_of(std::uint64_t seed) {
        return {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32U)};
    }
};

/// A seed for a purpose, e.g. derive_seed(seed, {seed_label("augment"), pair, operation}).
/// Different paths give independent seeds; the order of the path counts.
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

/// A sequence of draws from one seed, without std:: distributions (which differ by library).
/// Not thread-safe; make one for each purpose, they cost nothing.
class RandomStream {
public:
    explicit RandomStream(std::uint64_t seed) : key_(Philox::key_of(seed)) {}

    [[nodiscard]] std::uint32_t next_u32();
    /// Two 32-bit words, the first one low.
    [[nodiscard]] std::uint64_t next_u64();
    /// [0, 1), a multiple of 2^-53.
    [[nodiscard]] double uniform();
    /// low + (high - low) * uniform().
    [[nodiscard]] double uniform(double low, double high);
    /// Standard normal by Box and Muller: sqrt(-2 ln(1 - u1)) cos(2 pi u2), then the sine of the
    /// same pair. Equal on all machines as far as their log, sin and cos are.
    [[nodiscard]] double normal();
    [[nodiscard]] double normal(double mean, double deviation);
    /// Standard normal, drawn again while |x| > 2, as Keras's truncated normal.
    [[nodiscard]] double truncated_normal();
    /// An integer in [0, n), every one equally likely (rejection, no modulo bias). n ≥ 1.
    [[nodiscard]] std::uint64_t below(std::uint64_t n);
    /// True with probability p; always draws once.
    [[nodiscard]] bool chance(double p);

    /// Fisher and Yates, from the last element down.
    template <class T>
    void shuffle(std::span<T> items) {
        for (std::size_t i = items.size(); i > 1; --i) {
            std::swap(items[i - 1], items[static_cast<std::size_t>(below(i))]);
        }
    }

    /// 0 … n-1 shuffled.
    [[nodiscard]] std::vector<std::uint32_t> permutation(std::uint32_t n);

    /// How many 32-bit words were drawn.
    [[nodiscard]] std::uint64_t position() const { return position_; }

private:
    Philox::Key key_;
    Philox::Counter block_{};
    std::uint64_t position_ = 0;
    double spare_normal_ = 0;
    bool has_spare_ = false;
};

}  // namespace msunet::core

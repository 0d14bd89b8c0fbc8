// SPDX-License-Identifier: Apache-2.0
#include "msunet/model/dropout.hpp"

#include <ATen/Parallel.h>

#include <cmath>

#include "model/kernels/table.hpp"
#include "msunet/core/random.hpp"

namespace msunet::model {
namespace {

constexpr std::uint32_t denominator = 1U << 24U;

}  // namespace

std::uint64_t dropout_key(std::uint64_t seed, std::uint64_t stream) {
    return core::derive_seed(seed, {core::seed_label("dropout"), stream});
}

DropoutRate::DropoutRate(double rate)
    : numerator_(static_cast<std::uint32_t>(std::lround(rate * denominator))) {
    if (numerator_ >= denominator) numerator_ = denominator - 1;
}

double DropoutRate::keep_scale() const {
    return static_cast<double>(denominator) / (denominator - numerator_);
}

void dropout_bits(std::span<std::uint32_t> bits, std::int64_t words_per_sample, DropoutRate rate,
                  DropoutKey key, std::uint32_t layer, std::uint32_t first_sample) {
    const auto& kernels = kernels::kernels();
    // Pieces are small enough to be shared between threads and large enough to be worth it.
    const std::int64_t piece = 4096;
    const std::int64_t pieces = (words_per_sample + piece - 1) / piece;
    const auto samples = static_cast<std::int64_t>(bits.size()) / words_per_sample;
    at::parallel_for(0, samples * pieces, 1, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i) {
            const std::int64_t sample = i / pieces, from = i % pieces * piece;
            const std::int64_t words = std::min(piece, words_per_sample - from);
            kernels.dropout(bits.data() + sample * words_per_sample + from, from, words,
                            rate.numerator(), key.key, layer,
                            first_sample + static_cast<std::uint32_t>(sample), key.step);
        }
    });
}

}  // namespace msunet::model

// SPDX-License-Identifier: Apache-2.0
/// \file
/// Dropout masks as a function of (seed, stream, step, sample, element): the same on any number of
/// ranks and on every device.
///
/// A mask has one bit for each element, 1 if it is kept, 32 elements in a word, in the
/// channels-last order of a sample. The rate is rounded to a multiple of 2^-24. Bit plane k of word
/// j is word j mod 4 of Philox4x32-10, under the key derived from (seed, stream), for the counter
/// (j div 4, layer + 256 k, sample, step). From the lowest set bit of the rate upwards the planes
/// are combined by OR where the rate's bit is 1, else by AND: a bit of the result is 1 (dropped)
/// with exactly the rounded rate. A rate of 0.5 takes one random bit for each element.
#pragma once

#include <cstdint>
#include <span>

namespace msunet::model {

/// What the masks of a step depend on.
struct DropoutKey {
    std::uint64_t key = 0;   ///< see dropout_key
    std::uint32_t step = 0;  ///< since the start of the trial
};

/// The key of a stream of a sweep with this seed; `stream`: see unet::stream_key.
[[nodiscard]] std::uint64_t dropout_key(std::uint64_t seed, std::uint64_t stream);

/// A rate in [0, 1) as a multiple of 2^-24.
class DropoutRate {
public:
    explicit DropoutRate(double rate);

    [[nodiscard]] bool none() const { return numerator_ == 0; }
    [[nodiscard]] std::uint32_t numerator() const { return numerator_; }
    /// What kept elements are multiplied by.
    [[nodiscard]] double keep_scale() const;

private:
    std::uint32_t numerator_;
};

/// Fills `bits` with the masks of samples of `words_per_sample` words each. `first_sample` is the
/// position of the first one in the global batch, `layer` the number of the dropout layer, 0 … 3.
void dropout_bits(std::span<std::uint32_t> bits, std::int64_t words_per_sample, DropoutRate rate,
                  DropoutKey key, std::uint32_t layer, std::uint32_t first_sample);

}  // namespace msunet::model

// SPDX-License-Identifier: Apache-2.0
/// \file
/// In which order the samples are visited, and which rank works on which of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace msunet::data {

/// A run of positions in a global batch.
struct Share {
    std::size_t begin = 0;
    std::size_t count = 0;
    friend bool operator==(const Share&, const Share&) = default;
};

/// Contiguous split of `count` samples over `ranks`: the first count % ranks ranks get one more.
Share share_of(std::size_t count, int rank, int ranks);

/// Every sample once, in global batches that are split over the ranks of a group. Pure: the same on
/// every rank, independent of their number.
class BatchSampler {
public:
    /// Shuffled training order, which depends on (seed, stream, epoch) and the samples alone;
    /// `stream`: see unet::stream_key.
    static BatchSampler shuffled(std::span<const std::uint32_t> samples, std::size_t batch_size,
                                 std::uint64_t seed, std::uint64_t stream, std::uint64_t epoch);
    /// Samples as they stand: validation and metrics by modality.
    static BatchSampler in_order(std::span<const std::uint32_t> samples, std::size_t batch_size);

    std::size_t batch_size() const noexcept { return batch_size_; }
    /// Batches an epoch; the last may be smaller.
    std::size_t steps() const noexcept;
    /// All sample ids in visiting order.
    std::span<const std::uint32_t> order() const noexcept { return order_; }
    /// Sample ids of the whole global batch `step`.
    std::span<const std::uint32_t> batch(std::size_t step) const;
    /// Which part of global batch `step` a rank has; empty where the batch is smaller than the
    /// group.
    Share share(std::size_t step, int rank, int ranks) const;
    /// Sample ids of that part.
    std::span<const std::uint32_t> batch(std::size_t step, int rank, int ranks) const;

private:
    BatchSampler(std::vector<std::uint32_t> order, std::size_t batch_size);

    std::vector<std::uint32_t> order_;
    std::size_t batch_size_;
};

}  // namespace msunet::data

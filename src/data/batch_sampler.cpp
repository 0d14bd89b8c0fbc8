// SPDX-License-Identifier: Apache-2.0
#include "msunet/data/batch_sampler.hpp"

#include <algorithm>
#include <utility>

#include "msunet/core/random.hpp"

namespace msunet::data {

Share share_of(std::size_t count, int rank, int ranks) {
    const auto r = static_cast<std::size_t>(rank);
    const auto n = static_cast<std::size_t>(ranks);
    const std::size_t least = count / n;
    const std::size_t more = count % n;
    return {.begin = r * least + std::min(r, more), .count = least + (r < more ? 1 : 0)};
}

BatchSampler::BatchSampler(std::vector<std::uint32_t> order, std::size_t batch_size)
    : order_(std::move(order)), batch_size_(std::max<std::size_t>(batch_size, 1)) {}

BatchSampler BatchSampler::shuffled(std::span<const std::uint32_t> samples, std::size_t batch_size,
                                    std::uint64_t seed, std::uint64_t stream, std::uint64_t epoch) {
    std::vector<std::uint32_t> order(samples.begin(), samples.end());
    core::RandomStream random(
        core::derive_seed(seed, {core::seed_label("sample order"), stream, epoch}));
    random.shuffle(std::span<std::uint32_t>(order));
    return {std::move(order), batch_size};
}

BatchSampler BatchSampler::in_order(std::span<const std::uint32_t> samples,
                                    std::size_t batch_size) {
    return {std::vector<std::uint32_t>(samples.begin(), samples.end()), batch_size};
}

std::size_t BatchSampler::steps() const noexcept {
    return (order_.size() + batch_size_ - 1) / batch_size_;
}

std::span<const std::uint32_t> BatchSampler::batch(std::size_t step) const {
    const std::size_t begin = std::min(step * batch_size_, order_.size());
    const std::size_t count = std::min(batch_size_, order_.size() - begin);
    return std::span<const std::uint32_t>(order_).subspan(begin, count);
}

Share BatchSampler::share(std::size_t step, int rank, int ranks) const {
    return share_of(batch(step).size(), rank, ranks);
}

std::span<const std::uint32_t> BatchSampler::batch(std::size_t step, int rank, int ranks) const {
    const Share mine = share(step, rank, ranks);
    return batch(step).subspan(mine.begin, mine.count);
}

}  // namespace msunet::data

// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <climits>
#include <cstring>
#include <numeric>

#include "comm/handle.hpp"
#include "msunet/comm/communicator.hpp"

namespace msunet::comm {
namespace {

/// Splits a concatenation into texts of these lengths.
std::vector<std::string> separate(const std::string& joined,
                                  const std::vector<std::uint64_t>& lengths) {
    std::vector<std::string> texts;
    std::size_t offset = 0;
    for (const std::uint64_t length : lengths) {
        texts.push_back(joined.substr(offset, length));
        offset += length;
    }
    return texts;
}

}  // namespace

void Communicator::copy_bytes(std::string_view from, std::span<std::byte> to) {
    if (!to.empty()) {
        std::memcpy(to.data(), from.data(), to.size());
    }
}

void Communicator::broadcast_bytes(std::span<std::byte> bytes, int root) const {
    if (size() == 1) {
        return;
    }
    in_pieces(bytes.size(), 1, [&](std::size_t offset, int count) {
        check(MPI_Bcast(bytes.data() + offset, count, MPI_BYTE, root, handle_->comm), "MPI_Bcast");
    });
}

std::string Communicator::broadcast(std::string text, int root) const {
    text.resize(broadcast(static_cast<std::uint64_t>(text.size()), root));
    broadcast_bytes(std::as_writable_bytes(std::span<char>(text)), root);
    return text;
}

void Communicator::gather_bytes(std::span<const std::byte> mine, std::span<std::byte> all,
                                int root) const {
    if (size() == 1) {
        std::copy(mine.begin(), mine.end(), all.begin());
        return;
    }
    const int count = int_count(mine.size());
    check(
        MPI_Gather(mine.data(), count, MPI_BYTE, all.data(), count, MPI_BYTE, root, handle_->comm),
        "MPI_Gather");
}

void Communicator::all_gather_bytes(std::span<const std::byte> mine,
                                    std::span<std::byte> all) const {
    if (size() == 1) {
        std::copy(mine.begin(), mine.end(), all.begin());
        return;
    }
    const int count = int_count(mine.size());
    check(MPI_Allgather(mine.data(), count, MPI_BYTE, all.data(), count, MPI_BYTE, handle_->comm),
          "MPI_Allgather");
}

std::string Communicator::all_gather_joined(std::span<const std::byte> mine) const {
    const auto lengths = all_gather(static_cast<std::uint64_t>(mine.size()));
    std::vector<std::uint64_t> offsets(lengths.size());
    std::exclusive_scan(lengths.begin(), lengths.end(), offsets.begin(), std::uint64_t{0});
    std::string joined(offsets.back() + lengths.back(), '\0');
    const auto bytes = std::as_writable_bytes(std::span<char>(joined));
    if (joined.size() <= INT_MAX && size() > 1) {
        const std::vector<int> counts(lengths.begin(), lengths.end());
        const std::vector<int> starts(offsets.begin(), offsets.end());
        check(MPI_Allgatherv(mine.data(), counts[static_cast<std::size_t>(rank())], MPI_BYTE,
                             bytes.data(), counts.data(), starts.data(), MPI_BYTE, handle_->comm),
              "MPI_Allgatherv");
        return joined;
    }
    // Offsets beyond 2^31 don't fit into MPI's ints: each rank in turn broadcasts its part.
    const auto own = static_cast<std::size_t>(rank());
    std::copy(mine.begin(), mine.end(), bytes.begin() + static_cast<std::ptrdiff_t>(offsets[own]));
    for (int root = 0; root < size(); ++root) {
        const auto at = static_cast<std::size_t>(root);
        broadcast_bytes(bytes.subspan(offsets[at], lengths[at]), root);
    }
    return joined;
}

std::vector<std::string> Communicator::all_gather(const std::string& text) const {
    const auto lengths = all_gather(static_cast<std::uint64_t>(text.size()));
    return separate(all_gather_joined(std::as_bytes(std::span<const char>(text))), lengths);
}

std::vector<std::string> Communicator::gather(const std::string& text, int root) const {
    if (size() == 1) {
        return {text};
    }
    const auto lengths = all_gather(static_cast<std::uint64_t>(text.size()));
    const auto total = std::reduce(lengths.begin(), lengths.end());
    const bool root_here = rank() == root;
    if (total > INT_MAX) {
        auto texts = all_gather(text);
        return root_here ? std::move(texts) : std::vector<std::string>{};
    }
    const std::vector<int> counts(lengths.begin(), lengths.end());
    std::vector<int> starts(counts.size());
    std::exclusive_scan(counts.begin(), counts.end(), starts.begin(), 0);
    std::string joined(root_here ? total : 0, '\0');
    check(MPI_Gatherv(text.data(), int_count(text.size()), MPI_BYTE, joined.data(), counts.data(),
                      starts.data(), MPI_BYTE, root, handle_->comm),
          "MPI_Gatherv");
    return root_here ? separate(joined, lengths) : std::vector<std::string>{};
}

}  // namespace msunet::comm

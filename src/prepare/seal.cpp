// SPDX-License-Identifier: Apache-2.0
#include "prepare/seal.hpp"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <fstream>
#include <span>
#include <string_view>
#include <vector>

#include "msunet/core/error.hpp"
#include "msunet/core/file.hpp"
#include "msunet/core/hash.hpp"
#include "msunet/core/text.hpp"
#include "msunet/data/batch_sampler.hpp"
#include "prepare/agreement.hpp"

namespace msunet::prepare {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t block_bytes = std::uint64_t{16} << 20;
constexpr std::size_t piece_bytes = std::size_t{1} << 20;
constexpr std::string_view magic = "msunet-seal-0001";
constexpr std::size_t hash_digits = 32;
constexpr std::size_t length_digits = 16;
/// Hash of the text before it, its length, magic.
constexpr std::size_t tail_bytes = hash_digits + length_digits + magic.size();

std::uint64_t block_count(std::uint64_t bytes) { return (bytes + block_bytes - 1) / block_bytes; }

/// Hashes, one after another, of the blocks of `file` that are this rank's share.
std::string hash_share(const fs::path& file, std::uint64_t bytes, int rank, int ranks) {
    const data::Share share = data::share_of(block_count(bytes), rank, ranks);
    std::ifstream stream(file, std::ios::binary);
    std::vector<char> piece(piece_bytes);
    std::string hashes;
    for (std::uint64_t block = share.begin; block < share.begin + share.count; ++block) {
        core::Hasher hasher;
        std::uint64_t at = block * block_bytes;
        const std::uint64_t end = std::min(at + block_bytes, bytes);
        stream.seekg(static_cast<std::streamoff>(at));
        while (at < end) {
            const std::size_t now = std::min<std::uint64_t>(piece_bytes, end - at);
            if (!stream.read(piece.data(), static_cast<std::streamsize>(now))) {
                throw core::Error(core::ExitCode::failure,
                                  {.path = file, .problem = "can't be read"});
            }
            hasher.bytes(std::as_bytes(std::span<const char>(piece.data(), now)));
            at += now;
        }
        hashes += hasher.hex();
    }
    return hashes;
}

/// The blocks' hashes of the whole file on every rank.
std::string hash_blocks(const fs::path& file, std::uint64_t bytes,
                        const comm::Communicator& ranks) {
    std::string mine;
    together(ranks, [&] { mine = hash_share(file, bytes, ranks.rank(), ranks.size()); });
    std::string all;
    for (const std::string& hashes : ranks.all_gather(mine)) all += hashes;
    return all;
}

/// The seal's text for `bytes` bytes of content.
std::string seal_text(const std::string& key, std::uint64_t bytes, const std::string& hashes) {
    return core::concat(key, ' ', bytes, ' ', hashes);
}

std::string tail_of(const std::string& text) {
    const std::string length = std::to_string(text.size());
    return core::concat(core::hash_text(text), std::string(length_digits - length.size(), '0'),
                        length, magic);
}

/// The seal that was found in a file.
struct FoundSeal {
    std::string problem{};      ///< why there is none; empty if there is one
    std::uint64_t content = 0;  ///< bytes before the seal
    std::string text{};
};

std::string read_at(std::ifstream& stream, std::uint64_t offset, std::uint64_t count) {
    std::string bytes(count, '\0');
    stream.seekg(static_cast<std::streamoff>(offset));
    if (!stream.read(bytes.data(), static_cast<std::streamsize>(count))) bytes.clear();
    return bytes;
}

FoundSeal find_seal(const fs::path& file) {
    std::error_code error;
    const std::uint64_t size = fs::file_size(file, error);
    if (error) return {.problem = core::concat("it can't be read: ", error.message())};
    std::ifstream stream(file, std::ios::binary);
    const std::string tail =
        size < tail_bytes ? std::string() : read_at(stream, size - tail_bytes, tail_bytes);
    if (!tail.ends_with(magic)) {
        return {.problem = "it is truncated or was not written by this program"};
    }
    const auto length = core::to_integer(tail.substr(hash_digits, length_digits));
    if (!length || *length < 0 || static_cast<std::uint64_t>(*length) > size - tail_bytes) {
        return {.problem = "its seal is damaged"};
    }
    const std::uint64_t content = size - tail_bytes - static_cast<std::uint64_t>(*length);
    FoundSeal seal{.problem = {},
                   .content = content,
                   .text = read_at(stream, content, static_cast<std::uint64_t>(*length))};
    if (tail_of(seal.text) != tail) seal.problem = "its seal is damaged";
    return seal;
}

}  // namespace

void seal_file(const fs::path& file, const std::string& key, const comm::Communicator& ranks) {
    std::uint64_t bytes = 0;
    together(ranks, [&] {
        if (ranks.is_root()) bytes = fs::file_size(file);
    });
    bytes = ranks.broadcast(bytes);
    const std::string text = seal_text(key, bytes, hash_blocks(file, bytes, ranks));
    together(ranks, [&] {
        if (!ranks.is_root()) return;
        std::ofstream stream(file, std::ios::binary | std::ios::app);
        stream << text << tail_of(text);
        stream.close();
        if (!stream) throw core::FileError("can't write", file, errno);
        core::sync_path(file);
    });
}

std::optional<std::string> broken_seal(const fs::path& file, const std::string& key,
                                       const comm::Communicator& ranks) {
    FoundSeal seal;
    if (ranks.is_root()) {
        seal = find_seal(file);
        if (seal.problem.empty() && !seal.text.starts_with(seal_text(key, seal.content, ""))) {
            seal.problem = "it belongs to other data or was changed";
        }
    }
    const std::string problem = ranks.broadcast(seal.problem);
    if (!problem.empty()) return problem;
    const std::uint64_t content = ranks.broadcast(seal.content);
    try {
        const std::string text = seal_text(key, content, hash_blocks(file, content, ranks));
        if (ranks.any_of(ranks.is_root() && text != seal.text)) return "it is damaged";
    } catch (const core::Error& error) {
        return error.what();
    }
    return std::nullopt;
}

}  // namespace msunet::prepare

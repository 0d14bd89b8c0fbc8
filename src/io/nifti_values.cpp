// SPDX-License-Identifier: Apache-2.0
#include "msunet/io/nifti_values.hpp"

#include <zlib.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <memory>
#include <vector>

#include "msunet/core/error.hpp"
#include "msunet/core/text.hpp"

namespace msunet::io {

namespace {

struct GzipCloser {
    void operator()(gzFile_s* file) const { gzclose_r(file); }
};

std::uint32_t byte_swapped(std::uint32_t word) { return __builtin_bswap32(word); }
std::uint64_t byte_swapped(std::uint64_t word) { return __builtin_bswap64(word); }

/// IEEE numbers are NaN or infinite exactly where all bits of the exponent are set.
template <class Word>
std::uint64_t count_in(const std::vector<char>& bytes, std::size_t size, bool swapped) {
    constexpr Word exponent =
        sizeof(Word) == 4 ? Word{0x7F800000U} : static_cast<Word>(0x7FF0000000000000ULL);
    std::uint64_t count = 0;
    for (std::size_t at = 0; at + sizeof(Word) <= size; at += sizeof(Word)) {
        Word word = 0;
        std::memcpy(&word, bytes.data() + at, sizeof(Word));
        if (swapped) word = byte_swapped(word);
        count += (word & exponent) == exponent ? 1U : 0U;
    }
    return count;
}

}  // namespace

std::uint64_t count_non_finite(const std::filesystem::path& path, const NiftiHeader& header,
                               std::int64_t frame) {
    const bool single = header.data_type_name == "float32";
    if (!single && header.data_type_name != "float64") return 0;
    const auto fail = [&] {
        throw core::InputError(
            core::concat(core::quoted(path.string()), " can't be read to its end, copy it again"));
    };
    // zlib reads files that are not compressed as they stand.
    const std::unique_ptr<gzFile_s, GzipCloser> file(gzopen(path.c_str(), "rb"));
    if (!file) fail();
    const auto last = static_cast<std::int64_t>(header.frames) - 1;
    const std::uint64_t frame_bytes = header.voxels_per_frame() * header.bytes_per_voxel;
    const std::uint64_t begin =
        header.data_offset +
        static_cast<std::uint64_t>(std::clamp<std::int64_t>(frame, 0, last)) * frame_bytes;
    if (gzseek(file.get(), static_cast<z_off_t>(begin), SEEK_SET) < 0) fail();

    const bool swapped = header.big_endian == (std::endian::native == std::endian::little);
    std::vector<char> piece(std::size_t{1} << 18U);
    std::uint64_t count = 0;
    for (std::uint64_t left = frame_bytes; left > 0;) {
        const std::size_t now = std::min<std::uint64_t>(left, piece.size());
        const int got = gzread(file.get(), piece.data(), static_cast<unsigned>(now));
        if (got < 0 || static_cast<std::size_t>(got) != now) fail();
        count += single ? count_in<std::uint32_t>(piece, now, swapped)
                        : count_in<std::uint64_t>(piece, now, swapped);
        left -= now;
    }
    return count;
}

}  // namespace msunet::io

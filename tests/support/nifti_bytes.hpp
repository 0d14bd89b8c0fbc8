// SPDX-License-Identifier: Apache-2.0
/// \file
/// NIfTI files in memory, field by field at the offsets of nifti1.h and nifti2.h.
#pragma once

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

namespace msunet::test {

/// A good float32 file of 5 x 4 x 3 voxels, until something is put into it.
class NiftiBytes {
public:
    explicit NiftiBytes(bool swapped = false) : swapped_(swapped) {
        put<std::int32_t>(0, 348);
        dimensions({5, 4, 3});
        type(16, 32);
        for (std::size_t d = 0; d < 3; ++d) put<float>(80 + 4 * d, 0.5F);
        put<float>(108, 352);
        std::memcpy(bytes.data() + 344, "n+1", 4);
        bytes.resize(352 + 5 * 4 * 3 * 4);
    }

    template <class T>
    NiftiBytes& put(std::size_t offset, T value) {
        std::array<char, sizeof(T)> raw{};
        std::memcpy(raw.data(), &value, sizeof(T));
        if (swapped_) std::reverse(raw.begin(), raw.end());
        std::memcpy(bytes.data() + offset, raw.data(), raw.size());
        return *this;
    }

    NiftiBytes& dimensions(const std::vector<int>& sizes) {
        put(40, static_cast<std::int16_t>(sizes.size()));
        for (std::size_t d = 0; d < sizes.size(); ++d) {
            put(42 + 2 * d, static_cast<std::int16_t>(sizes[d]));
        }
        return *this;
    }

    NiftiBytes& type(int code, int bits) {
        return put(70, static_cast<std::int16_t>(code)).put(72, static_cast<std::int16_t>(bits));
    }

    std::string bytes = std::string(352, '\0');

private:
    bool swapped_;
};

/// The same file in NIfTI-2.
inline NiftiBytes nifti2_bytes(bool swapped = false) {
    NiftiBytes file(swapped);
    const std::string voxels = file.bytes.substr(352);
    file.bytes = std::string(544, '\0') + voxels;
    file.put<std::int32_t>(0, 540);
    std::memcpy(file.bytes.data() + 4, "n+2\0\r\n\x1a\n", 8);
    file.put<std::int16_t>(12, 16).put<std::int16_t>(14, 32);
    const std::array<std::int64_t, 4> sizes{3, 5, 4, 3};
    for (std::size_t d = 0; d < 4; ++d) file.put(16 + 8 * d, sizes[d]);
    for (std::size_t d = 0; d < 3; ++d) file.put(112 + 8 * d, 0.5);
    file.put<std::int64_t>(168, 544);
    return file;
}

/// `bytes` as one member of a .gz file.
inline std::string gzipped(const std::string& bytes) {
    z_stream stream{};
    constexpr int gzip = 16;
    constexpr int memory_level = 8;
    deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, MAX_WBITS + gzip, memory_level,
                 Z_DEFAULT_STRATEGY);
    std::string packed(deflateBound(&stream, bytes.size()), '\0');
    std::string input = bytes;
    stream.next_in = reinterpret_cast<unsigned char*>(input.data());
    stream.avail_in = static_cast<unsigned>(input.size());
    stream.next_out = reinterpret_cast<unsigned char*>(packed.data());
    stream.avail_out = static_cast<unsigned>(packed.size());
    deflate(&stream, Z_FINISH);
    packed.resize(packed.size() - stream.avail_out);
    deflateEnd(&stream);
    return packed;
}

}  // namespace msunet::test

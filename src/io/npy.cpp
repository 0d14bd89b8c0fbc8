// SPDX-License-Identifier: Apache-2.0
#include "msunet/io/npy.hpp"

#include <bit>
#include <cstring>

#include "io/npy_header.hpp"
#include "msunet/core/text.hpp"

namespace msunet::io {

namespace {

using core::concat;
static_assert(std::endian::native == std::endian::little,
              "arrays are written as they are in memory");

constexpr std::string_view magic = "\x93NUMPY";

template <class T>
std::string array_bytes(std::string_view dtype, std::span<const std::int64_t> shape,
                        std::span<const T> values) {
    std::string out = npy_header(dtype, shape);
    const std::size_t begin = out.size();
    out.resize(begin + values.size_bytes());
    if (!values.empty()) std::memcpy(out.data() + begin, values.data(), values.size_bytes());
    return out;
}

}  // namespace

std::string npy_header(std::string_view dtype, std::span<const std::int64_t> shape) {
    std::string dictionary = concat("{'descr': '", dtype, "', 'fortran_order': False, 'shape': (");
    for (std::size_t i = 0; i < shape.size(); ++i) {
        dictionary += concat(i > 0 ? " " : "", shape[i], i + 1 < shape.size() || i == 0 ? "," : "");
    }
    dictionary += "), }";
    constexpr std::size_t prefix = 10;
    constexpr std::size_t alignment = 64;
    const std::size_t unpadded = prefix + dictionary.size() + 1;
    const std::size_t padded = (unpadded + alignment - 1) / alignment * alignment;
    dictionary += std::string(padded - unpadded, ' ') + '\n';
    std::string out(magic);
    out += '\x01';
    out += '\0';
    out += static_cast<char>(dictionary.size() & 0xFFU);
    out += static_cast<char>(dictionary.size() >> 8U);
    return out + dictionary;
}

std::string npy_bytes(std::span<const std::int64_t> shape, std::span<const float> values) {
    return array_bytes("<f4", shape, values);
}

std::string npy_bytes(std::span<const std::int64_t> shape, std::span<const double> values) {
    return array_bytes("<f8", shape, values);
}

}  // namespace msunet::io

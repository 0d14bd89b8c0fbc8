// SPDX-License-Identifier: Apache-2.0
#include "support/npy.hpp"

#include <bit>
#include <cstring>
#include <optional>

#include "msunet/core/error.hpp"
#include "msunet/core/text.hpp"
#include "msunet/io/zip.hpp"

namespace msunet::test {

namespace {

using core::concat;
static_assert(std::endian::native == std::endian::little,
              "arrays are read as they lie in the file");

constexpr std::string_view magic = "\x93NUMPY";

[[noreturn]] void fail(std::string_view source, std::string_view problem) {
    throw core::InputError(
        concat(core::quoted(source), " can't be read as a NumPy array (", problem, ")"));
}

/// The text after `key` in the header's dictionary, without blanks before it.
std::string_view after_key(std::string_view header, std::string_view key, std::string_view source) {
    const std::size_t at = header.find(concat("'", key, "':"));
    if (at == std::string_view::npos) fail(source, concat("its header lacks ", core::quoted(key)));
    return core::trim(header.substr(at + key.size() + 3));
}

struct Header {
    std::string dtype;
    bool fortran_order = false;
    std::vector<std::int64_t> shape;
    std::size_t count = 1;
};

Header parse_header(std::string_view text, std::string_view source) {
    Header header;
    const std::string_view descr = after_key(text, "descr", source);
    const std::size_t end = descr.find('\'', 1);
    if (descr.empty() || descr[0] != '\'' || end == std::string_view::npos) {
        fail(source, "structured dtypes aren't supported");
    }
    header.dtype = descr.substr(1, end - 1);
    header.fortran_order = after_key(text, "fortran_order", source).starts_with("True");
    const std::string_view shape = after_key(text, "shape", source);
    const std::size_t close = shape.find(')');
    if (shape.empty() || shape[0] != '(' || close == std::string_view::npos) {
        fail(source, "its shape can't be read");
    }
    for (const std::string& part : core::split(shape.substr(1, close - 1), ',')) {
        if (core::trim(part).empty()) continue;
        const auto size = core::to_integer(part);
        std::size_t product = 0;
        if (!size || *size < 0 ||
            __builtin_mul_overflow(header.count, static_cast<std::size_t>(*size), &product)) {
            fail(source, "its shape can't be read");
        }
        header.shape.push_back(*size);
        header.count = product;
    }
    return header;
}

template <class T>
double number_at(const char* bytes) {
    T value;
    std::memcpy(&value, bytes, sizeof value);
    return static_cast<double>(value);
}

using NumberReader = double (*)(const char*);

NumberReader reader_of(char kind, std::size_t width) {
    switch (kind) {
        case 'f':
            return width == 4 ? number_at<float> : width == 8 ? number_at<double> : nullptr;
        case 'i':
            return width == 1   ? number_at<std::int8_t>
                   : width == 2 ? number_at<std::int16_t>
                   : width == 4 ? number_at<std::int32_t>
                   : width == 8 ? number_at<std::int64_t>
                                : nullptr;
        case 'u':
            return width == 1   ? number_at<std::uint8_t>
                   : width == 2 ? number_at<std::uint16_t>
                   : width == 4 ? number_at<std::uint32_t>
                   : width == 8 ? number_at<std::uint64_t>
                                : nullptr;
        case 'b':
            return width == 1 ? number_at<std::uint8_t> : nullptr;
        default:
            return nullptr;
    }
}

void append_utf8(std::string& out, std::uint32_t code) {
    if (code < 0x80) {
        out += static_cast<char>(code);
    } else if (code < 0x800) {
        out += static_cast<char>(0xC0U | (code >> 6U));
        out += static_cast<char>(0x80U | (code & 0x3FU));
    } else if (code < 0x10000) {
        out += static_cast<char>(0xE0U | (code >> 12U));
        out += static_cast<char>(0x80U | ((code >> 6U) & 0x3FU));
        out += static_cast<char>(0x80U | (code & 0x3FU));
    } else {
        out += static_cast<char>(0xF0U | ((code >> 18U) & 0x07U));
        out += static_cast<char>(0x80U | ((code >> 12U) & 0x3FU));
        out += static_cast<char>(0x80U | ((code >> 6U) & 0x3FU));
        out += static_cast<char>(0x80U | (code & 0x3FU));
    }
}

/// NumPy's fixed-width text: UTF-32, padded with zeros.
std::string text_at(const char* bytes, std::size_t width) {
    std::string out;
    for (std::size_t i = 0; i < width; ++i) {
        std::uint32_t code = 0;
        std::memcpy(&code, bytes + 4 * i, 4);
        if (code == 0) break;
        append_utf8(out, code);
    }
    return out;
}

/// Position in a column-major file of each element in row-major order.
std::vector<std::size_t> column_major_positions(const Header& header) {
    std::vector<std::size_t> positions(header.count);
    std::vector<std::size_t> index(header.shape.size(), 0);
    for (std::size_t& position : positions) {
        std::size_t stride = 1;
        position = 0;
        for (std::size_t d = 0; d < index.size(); ++d) {
            position += index[d] * stride;
            stride *= static_cast<std::size_t>(header.shape[d]);
        }
        for (std::size_t d = index.size(); d-- > 0;) {
            if (++index[d] < static_cast<std::size_t>(header.shape[d])) break;
            index[d] = 0;
        }
    }
    return positions;
}

}  // namespace

NpyArray parse_npy(std::string_view bytes, std::string_view source) {
    if (bytes.size() < 12 || !bytes.starts_with(magic)) fail(source, "it has no NumPy header");
    const bool long_header = bytes[6] >= 2;
    const std::size_t prefix = long_header ? 12 : 10;
    std::size_t header_size = 0;
    for (std::size_t i = prefix; i-- > 8;) {
        header_size = header_size << 8U | static_cast<unsigned char>(bytes[i]);
    }
    if (header_size > bytes.size() - prefix) fail(source, "its header is cut off");
    const Header header = parse_header(bytes.substr(prefix, header_size), source);
    const std::string_view data = bytes.substr(prefix + header_size);

    const auto width =
        header.dtype.size() > 2 ? core::to_integer(header.dtype.substr(2)) : std::nullopt;
    const char kind = header.dtype.size() > 2 ? header.dtype[1] : '\0';
    const bool is_text = kind == 'U';
    constexpr std::int64_t widest = 1'000'000;
    // Texts without a character could be any number of elements.
    const bool has_width = width && *width >= 1 && *width <= widest;
    const NumberReader read =
        has_width ? reader_of(kind, static_cast<std::size_t>(*width)) : nullptr;
    if (header.dtype.starts_with('>') || !has_width || (!is_text && read == nullptr)) {
        fail(source, concat("dtype ", core::quoted(header.dtype), " isn't supported"));
    }
    const std::size_t element = static_cast<std::size_t>(*width) * (is_text ? 4 : 1);
    std::size_t needed = 0;
    if (__builtin_mul_overflow(header.count, element, &needed) || needed > data.size()) {
        fail(source, concat("it holds ", data.size(), " bytes of data, its shape needs more"));
    }

    NpyArray array{header.dtype, header.shape, {}, {}};
    const auto append = [&](std::size_t position) {
        const char* at = data.data() + position * element;
        if (is_text) {
            array.texts.push_back(text_at(at, static_cast<std::size_t>(*width)));
        } else {
            array.values.push_back(read(at));
        }
    };
    if (header.fortran_order && header.shape.size() > 1) {
        for (const std::size_t position : column_major_positions(header)) append(position);
    } else {
        for (std::size_t i = 0; i < header.count; ++i) append(i);
    }
    return array;
}

std::map<std::string, NpyArray> read_npz(const std::filesystem::path& path) {
    std::map<std::string, NpyArray> arrays;
    for (const auto& [name, bytes] : io::read_zip(path)) {
        const std::string stem = name.ends_with(".npy") ? name.substr(0, name.size() - 4) : name;
        arrays.emplace(stem, parse_npy(bytes, concat(path.string(), ":", name)));
    }
    return arrays;
}

}  // namespace msunet::test

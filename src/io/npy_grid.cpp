// SPDX-License-Identifier: Apache-2.0
/// \file
/// The pickle inside Talos's params.npy, byte by byte (protocol 3; opcodes as in Python's
/// pickletools). The only classes in it are NumPy's.

#include <bit>
#include <limits>

#include "io/npy_header.hpp"
#include "msunet/core/error.hpp"
#include "msunet/core/text.hpp"
#include "msunet/io/npy.hpp"

namespace msunet::io {

namespace {

using namespace std::string_view_literals;

void append_little(std::string& out, std::uint64_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) {
        out += static_cast<char>(value & 0xFFU);
        value >>= 8U;
    }
}

struct Pickler {
    std::string& out;

    void operator()(std::monostate) const { out += 'N'; }
    void operator()(bool value) const { out += value ? '\x88' : '\x89'; }
    void operator()(std::int64_t value) const {
        if (value >= 0 && value < 256) {
            out += 'K';  // BININT1
            out += static_cast<char>(value);
        } else if (value >= std::numeric_limits<std::int32_t>::min() &&
                   value <= std::numeric_limits<std::int32_t>::max()) {
            out += 'J';  // BININT
            append_little(out, static_cast<std::uint64_t>(value), 4);
        } else {
            out += "\x8a\x08"sv;  // LONG1 of eight bytes
            append_little(out, static_cast<std::uint64_t>(value), 8);
        }
    }
    void operator()(double value) const {
        out += 'G';  // BINFLOAT, big endian
        const auto bits = std::bit_cast<std::uint64_t>(value);
        for (int shift = 56; shift >= 0; shift -= 8) {
            out += static_cast<char>((bits >> static_cast<unsigned>(shift)) & 0xFFU);
        }
    }
    void operator()(const std::string& value) const {
        out += 'X';  // BINUNICODE
        append_little(out, value.size(), 4);
        out += value;
    }
};

}  // namespace

std::string npy_grid_bytes(const GridLists& grid) {
    std::string out = npy_header("|O", {});
    // An ndarray of shape () made by NumPy's own _reconstruct, its dtype, then its state: version
    // 1, shape, dtype, C order, and the list that holds the one object.
    out +=
        "\x80\x03"
        "cnumpy.core.multiarray\n_reconstruct\n"
        "cnumpy\nndarray\n"sv;
    out +=
        "K\x00\x85"
        "C\x01"
        "b"
        "\x87R"
        "(K\x01)"sv;
    out += "cnumpy\ndtype\nX\x02\x00\x00\x00O8\x89\x88\x87R"sv;
    out += "(K\x03X\x01\x00\x00\x00|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK?tb"sv;
    out += "\x89]"sv;
    const Pickler pickle{out};
    out += '}';
    if (!grid.empty()) out += '(';
    for (const auto& [name, values] : grid) {
        pickle(name);
        out += ']';
        if (values.empty()) continue;
        out += '(';
        for (const core::Value& value : values) std::visit(pickle, value);
        out += 'e';
    }
    if (!grid.empty()) out += 'u';
    return out += "atb."sv;
}

}  // namespace msunet::io

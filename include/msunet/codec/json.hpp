// SPDX-License-Identifier: Apache-2.0
/// \file
/// Values as JSON text on one line. Doubles keep their bits; NaN and infinities are "nan", "inf",
/// "-inf"; a text that is not UTF-8 is an object with its bytes in hexadecimal digits.
#pragma once

#include <string>
#include <string_view>

#include "msunet/codec/reader.hpp"
#include "msunet/codec/writer.hpp"

namespace msunet::codec {

/// `T` has `fields`, or is a container or variant of such types: see fields.hpp.
template <class T>
[[nodiscard]] std::string to_json(const T& value) {
    Writer writer;
    writer.write(value);
    return writer.take();
}

/// Throws core::InputError naming what is missing or of the wrong type.
template <class T>
[[nodiscard]] T from_json(std::string_view text) {
    T value{};
    const Document document(text);
    Reader::read(document.root(), value);
    return value;
}

}  // namespace msunet::codec

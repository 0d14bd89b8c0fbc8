// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace msunet::io {

/// Magic, version 1.0 and the header's dictionary, padded with blanks to a multiple of 64 bytes.
[[nodiscard]] std::string npy_header(std::string_view dtype, std::span<const std::int64_t> shape);

}  // namespace msunet::io

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "msunet/record/journal.hpp"

namespace msunet::record {

/// The version that a journal's first line names; nothing if it is no such line.
std::optional<std::int64_t> version_of_line(std::string_view text);

}  // namespace msunet::record

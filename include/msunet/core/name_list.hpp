// SPDX-License-Identifier: Apache-2.0
/// \file
/// Lists of names in messages.
#pragma once

#include <span>
#include <string>

namespace msunet::core {

/// "'a', 'b', 'c' and 7 more": at most `most` of them, quoted.
[[nodiscard]] std::string name_list(std::span<const std::string> names, std::size_t most = 20);

/// The same without quotes.
[[nodiscard]] std::string joined_list(std::span<const std::string> texts, std::size_t most = 20);

}  // namespace msunet::core

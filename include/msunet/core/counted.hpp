// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace msunet::core {

/// "1 trial", "2 trials". `plural` is for nouns that don't just take an s.
[[nodiscard]] std::string counted(std::int64_t count, std::string_view noun,
                                  std::string_view plural = {});

}  // namespace msunet::core

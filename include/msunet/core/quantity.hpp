// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace msunet::core {

/// A quantity with three digits and a decimal prefix before its unit: "1.25 GB", "136 Gflop/s".
/// Below a thousand it is a whole number: "12 B".
[[nodiscard]] std::string with_prefix(double value, std::string_view unit);

}  // namespace msunet::core

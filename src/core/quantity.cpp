// SPDX-License-Identifier: Apache-2.0
#include "msunet/core/quantity.hpp"

#include <array>
#include <cstddef>

#include "msunet/core/text.hpp"

namespace msunet::core {

std::string with_prefix(double value, std::string_view unit) {
    constexpr std::array<std::string_view, 5> prefixes{"", "k", "M", "G", "T"};
    std::size_t step = 0;
    for (; value >= 999.5 && step + 1 < prefixes.size(); ++step) value /= 1000;
    const int digits = step == 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
    return concat(fixed(value, digits), " ", prefixes[step], unit);
}

}  // namespace msunet::core

// SPDX-License-Identifier: Apache-2.0
#include "msunet/core/counted.hpp"

#include "msunet/core/text.hpp"

namespace msunet::core {

std::string counted(std::int64_t count, std::string_view noun, std::string_view plural) {
    if (count == 1) return concat("1 ", noun);
    return plural.empty() ? concat(count, " ", noun, "s") : concat(count, " ", plural);
}

}  // namespace msunet::core

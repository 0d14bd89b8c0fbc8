// SPDX-License-Identifier: Apache-2.0
#include "msunet/core/named_array.hpp"

#include <functional>
#include <numeric>

namespace msunet::core {

std::int64_t element_count(const std::vector<std::int64_t>& shape) {
    return std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>());
}

}  // namespace msunet::core

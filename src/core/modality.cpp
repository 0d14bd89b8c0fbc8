// SPDX-License-Identifier: Apache-2.0
#include "msunet/core/modality.hpp"

#include <string>

#include "msunet/core/text.hpp"

namespace msunet::core {

std::optional<Modality> modality_of(std::string_view file_name) {
    const std::string lower = to_lower(file_name);
    for (std::size_t i = 0; i < modality_count; ++i) {
        if (lower.find(modality_names[i]) != std::string::npos) return static_cast<Modality>(i);
    }
    return std::nullopt;
}

std::optional<Modality> modality_named(std::string_view name) {
    return value_named<Modality>(name);
}

}  // namespace msunet::core

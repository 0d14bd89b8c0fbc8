// SPDX-License-Identifier: Apache-2.0
#include "msunet/core/permutation.hpp"

namespace msunet::core {

std::string permutation_text(const Permutation& permutation) {
    std::string text;
    for (const auto& [name, value] : permutation) {
        if (!text.empty()) text += ", ";
        text += name;
        text += '=';
        text += python_str(value);
    }
    return text.empty() ? "defaults" : text;
}

}  // namespace msunet::core

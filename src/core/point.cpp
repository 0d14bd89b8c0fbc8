// SPDX-License-Identifier: Apache-2.0
#include "msunet/core/point.hpp"

namespace msunet::core {

std::string point_text(const Point& point) {
    std::string text;
    for (const auto& [name, value] : point) {
        if (!text.empty()) text += ", ";
        text += name;
        text += '=';
        text += python_str(value);
    }
    return text.empty() ? "defaults" : text;
}

}  // namespace msunet::core

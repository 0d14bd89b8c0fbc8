// SPDX-License-Identifier: Apache-2.0
#include "msunet/core/failure_text.hpp"

#include <new>
#include <span>

#include "msunet/core/error.hpp"
#include "msunet/core/text.hpp"

namespace msunet::core {

std::string failure_text(const std::exception& error) {
    if (dynamic_cast<const std::bad_alloc*>(&error) != nullptr) return "out of memory";
    if (const auto* known = dynamic_cast<const Error*>(&error)) {
        return join(std::span<const std::string>(known->problems()), "; ");
    }
    const auto lines = split(error.what(), '\n');
    if (lines.front().empty()) return "unknown failure";
    if (lines.front().ends_with(':') && lines.size() > 1) return concat(lines[0], " ", lines[1]);
    return lines.front();
}

bool is_memory_failure(std::string_view text) {
    return text.find("out of memory") != std::string_view::npos ||
           text.find("ALLOC_FAILED") != std::string_view::npos;
}

}  // namespace msunet::core

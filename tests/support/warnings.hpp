// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace msunet::test {

/// The warnings that `body` writes to stderr, without "warning: " before them.
template <class Body>
std::vector<std::string> warnings_of(Body&& body) {
    testing::internal::CaptureStderr();
    try {
        std::forward<Body>(body)();
    } catch (...) {
        testing::internal::GetCapturedStderr();
        throw;
    }
    std::string text = "\n";
    text += testing::internal::GetCapturedStderr();
    constexpr std::string_view prefix = "\nwarning: ";
    std::vector<std::string> warnings;
    for (auto at = text.find(prefix); at != std::string::npos;) {
        const auto next = text.find(prefix, at + 1);
        const auto begin = at + prefix.size();
        const auto end = next == std::string::npos ? text.size() - 1 : next;
        warnings.push_back(text.substr(begin, end - begin));
        at = next;
    }
    return warnings;
}

}  // namespace msunet::test

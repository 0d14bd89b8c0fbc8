// SPDX-License-Identifier: Apache-2.0
#include "msunet/settings/options.hpp"

namespace msunet::settings {

namespace {

constexpr std::string_view automatic = "auto";
constexpr std::string_view never = "never";

}  // namespace

std::string to_text(const Resume& resume) {
    switch (resume.kind) {
        case Resume::Kind::automatic:
            return std::string(automatic);
        case Resume::Kind::never:
            return std::string(never);
        case Resume::Kind::folder:
            break;
    }
    return resume.folder;
}

bool from_text(std::string_view text, Resume& resume) {
    if (text.empty()) return false;
    if (text == automatic) {
        resume = {};
    } else if (text == never) {
        resume = {Resume::Kind::never, {}};
    } else {
        resume = {Resume::Kind::folder, std::string(text)};
    }
    return true;
}

}  // namespace msunet::settings

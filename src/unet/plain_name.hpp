// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cctype>
#include <string>
#include <string_view>

namespace msunet::unet {

/// A name as users' spellings of it compare: lower case, without spaces, '_' and '-'.
inline std::string plain_name(std::string_view name) {
    std::string plain;
    for (const char letter : name) {
        if (letter != ' ' && letter != '_' && letter != '-') {
            plain += static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
        }
    }
    return plain;
}

}  // namespace msunet::unet

// SPDX-License-Identifier: Apache-2.0
/// \file
/// What names of files and folders say of the modality.
#pragma once

#include <optional>
#include <string_view>

#include "msunet/core/modality.hpp"

namespace msunet::core {

/// Whether a byte belongs to a word of a name: ASCII letters and digits, and all of other scripts.
/// Words are what stands between the other characters.
[[nodiscard]] constexpr bool is_word_character(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           static_cast<unsigned char>(c) >= 128;
}

/// A modality and how a name says it.
struct NamedModality {
    Modality modality{};
    bool whole_word = true;  ///< false: by a part of a longer word ("rat1fmri")
    friend bool operator==(const NamedModality&, const NamedModality&) = default;
};

/// The modality in `name` (given without its folders), upper and lower case alike. In this order:
/// the first of modality_names that is a word; the last word of BIDS (T1w, T2w and anat are
/// anatomical, dwi is dti, bold and func are fmri); the first of modality_names that is a part of a
/// word; none.
[[nodiscard]] std::optional<NamedModality> modality_in(std::string_view name);

}  // namespace msunet::core

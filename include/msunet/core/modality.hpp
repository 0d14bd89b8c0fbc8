// SPDX-License-Identifier: Apache-2.0
/// \file
/// The imaging modalities that the trainer distinguishes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace msunet::core {

/// In the order of the columns of the modality file.
enum class Modality : std::uint8_t { anatomical, dti, noddi, regwarp, fmri };

inline constexpr std::size_t modality_count = 5;

/// Indexed by Modality.
inline constexpr std::array<std::string_view, modality_count> modality_names{
    "anatomical", "dti", "noddi", "regwarp", "fmri"};

/// "fmri" for Modality::fmri.
[[nodiscard]] constexpr std::string_view name_of(Modality modality) {
    return modality_names[static_cast<std::size_t>(modality)];
}

/// The first of modality_names, in that order, that occurs in `file_name` (without its folders), in
/// upper or lower case; nothing if none does.
[[nodiscard]] std::optional<Modality> modality_of(std::string_view file_name);

/// The modality of this name, in upper or lower case; nothing for other names.
[[nodiscard]] std::optional<Modality> modality_named(std::string_view name);

}  // namespace msunet::core

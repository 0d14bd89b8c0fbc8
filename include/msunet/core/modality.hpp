// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "msunet/core/named_enum.hpp"

namespace msunet::core {

/// The imaging modalities that the trainer tells apart, in the order of the columns of the modality
/// file.
enum class Modality : std::uint8_t { anatomical, dti, noddi, regwarp, fmri };

inline constexpr std::size_t modality_count = 5;

/// Indexed by Modality.
inline constexpr std::array<std::string_view, modality_count> modality_names{
    "anatomical", "dti", "noddi", "regwarp", "fmri"};

constexpr const std::array<std::string_view, modality_count>& names_of(Modality /*any*/) {
    return modality_names;
}

/// The modality in the name of a file or folder, as modality_in (core/modality_name.hpp) finds it;
/// none if the name says none.
[[nodiscard]] std::optional<Modality> modality_of(std::string_view file_name);

}  // namespace msunet::core

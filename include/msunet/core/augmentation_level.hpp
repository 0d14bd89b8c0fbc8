// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace msunet::core {

/// How strongly samples are augmented while batches are cut, see data::draw_augmentation.
enum class AugmentationLevel : std::uint8_t { none, light, strong };
constexpr std::array<std::string_view, 3> names_of(AugmentationLevel /*any*/) {
    return {"none", "light", "strong"};
}

}  // namespace msunet::core
